import { chmod, chown, link, realpath, rename, rm, stat } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { BackupError, BusyError, DatabaseConnectionError, ValidationError } from "../../../errors/index.ts";
import { flushFile, flushFolder } from "../../../files/durable.ts";
import { hasCode, translateFileError } from "../../../files/errors.ts";
import { runOnThread, type Thread, threadModule, withThread } from "../../../threads/thread.ts";
import type { BackupPort, Contents, CopySource, Pausable, Replacement, ScratchDatabase } from "../../port/backup.ts";
import { translateSqliteError } from "../run/errors.ts";
import type { SqliteLocation } from "../connect/location.ts";

const worker = () => threadModule(import.meta.url, "backup-worker");

/**
 * What the thread throws, as one of the family.
 * @param file the file that the work is about
 */
function translate(error: unknown, file?: string): unknown {
  if (hasCode(error, "BACKUP_INVALID")) return new BackupError("BACKUP_INVALID", { message: (error as Error).message });
  return translateFileError(translateSqliteError(error, file), file);
}

async function translated<T>(result: Promise<T>, file?: string): Promise<T> {
  try {
    return await result;
  } catch (error) {
    throw translate(error, file);
  }
}

/** Where a thread works: on one file, and, where it copies, into another. */
interface Work {
  readonly location: string;
  readonly target?: string;
  readonly lastIds?: Readonly<Record<string, number>>;
}

function run<T>(task: string, input: Work, onNotice?: () => void): Promise<T> {
  return translated(runOnThread<T>(worker(), task, input, onNotice), input.target ?? input.location);
}

class SqliteScratch implements ScratchDatabase {
  readonly file: string;
  readonly url: string;
  readonly isApart = true;

  constructor(file: string) {
    this.file = file;
    this.url = `sqlite:${file}`;
  }

  check(): Promise<Contents> {
    return run("check", { location: this.file });
  }

  /** Its folder is deleted as a whole by whoever made it. */
  discard(): Promise<void> {
    return Promise.resolve();
  }
}

/** What a backup needs of an open database. */
interface OpenDatabase extends Pausable {
  /** Until the returned function is called, checkpoints never hold up writers. */
  holdCheckpoints(): () => void;
}

/** Backup and restore of a SQLite database. */
export class SqliteBackup implements BackupPort {
  readonly extension = "db";
  readonly #place: SqliteLocation;
  readonly #engine: OpenDatabase | undefined;

  /** @param parts `engine`: the open database; undefined when it cannot be opened, or nobody has */
  constructor({ place, engine }: { place: SqliteLocation; engine?: OpenDatabase }) {
    this.#place = place;
    this.#engine = engine;
  }

  get workPlace(): BackupPort["workPlace"] {
    const { file } = this.#place;
    return file === undefined ? undefined : { parent: dirname(file), prefix: `.${basename(file)}.restore-` };
  }

  async isLive(file: string): Promise<boolean> {
    if (this.#place.file === undefined) return false;
    const [one, other] = await Promise.all([file, this.#place.file].map((path) => stat(path).catch(() => undefined)));
    return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
  }

  async copyTo(target: string, onSnapshot: () => void): Promise<Contents> {
    const resume = this.#engine?.holdCheckpoints();
    try {
      return await run("copy", { location: this.#place.location, target }, onSnapshot);
    } finally {
      resume?.();
    }
  }

  inspect(): Promise<Contents> {
    return run("inspect", { location: this.#place.location });
  }

  countBeyond(lastIds: Readonly<Record<string, number>>): Promise<Record<string, number>> {
    return run("countBeyond", { location: this.#place.location, lastIds });
  }

  load(copy: string): Promise<ScratchDatabase> {
    return Promise.resolve(new SqliteScratch(copy));
  }

  async replaceWith(scratch: ScratchDatabase, steps: Replacement): Promise<{ kept: string | null }> {
    if (this.#place.file === undefined || !(scratch instanceof SqliteScratch)) {
      throw new ValidationError([{ field: "url", message: "a database in memory cannot be replaced" }]);
    }
    const incoming = scratch.file;
    // A link would be replaced itself, and not what it leads to.
    const live = await realpath(this.#place.file).catch(() => this.#place.file as string);
    await adoptOwner(incoming, live);
    const replace = () => replaceFile(live, incoming, steps);
    return this.#engine === undefined ? replace() : this.#engine.whileClosed(replace);
  }
}

/** The service's account must be able to open what an administrator restores. */
async function adoptOwner(incoming: string, live: string): Promise<void> {
  const owner = await stat(live).catch(() => undefined);
  await chmod(incoming, 0o600);
  if (owner !== undefined) await chown(incoming, owner.uid, owner.gid);
}

/**
 * Renames one file over another while nobody has either open. The old one's log is empty and gone by then, so that no
 * instant leaves a log beside a file that it does not belong to: a process that is killed leaves the old state or the
 * new one.
 */
async function replaceFile(live: string, incoming: string, { save, finish }: Replacement) {
  return withThread(worker(), async (thread) => {
    try {
      const state = await holdFile(thread, live);
      const saved = await save(state === "held" ? heldSource(thread) : undefined);
      // Saving may have written to it.
      await flushFile(incoming);
      if (state === "missing") return await exchange(live, incoming, null, finish);
      return await exchange(live, incoming, saved ? "until it is done" : "for good", finish);
    } catch (error) {
      throw translate(error, live);
    } finally {
      await thread.call("release", {}).catch(() => undefined);
    }
  });
}

async function holdFile(thread: Thread, live: string): Promise<"held" | "missing" | "damaged"> {
  if ((await stat(live).catch(() => undefined)) === undefined) return "missing";
  try {
    await translated(thread.call("hold", { location: live }), live);
    return "held";
  } catch (error) {
    if (error instanceof DatabaseConnectionError && error.code === "CORRUPT") return "damaged";
    if (!(error instanceof BusyError)) throw error;
    throw new BusyError({
      message: "Another process has the database open. Stop it (the server, a shell), then restore.",
      cause: error,
    });
  }
}

function heldSource(thread: Thread): CopySource {
  return { copyTo: (target, onSnapshot) => translated(thread.call("copyHeld", { target }, onSnapshot), target) };
}

/** @param keep whether, and for how long, the old file is kept under another name */
async function exchange(
  live: string,
  incoming: string,
  keep: "until it is done" | "for good" | null,
  finish: () => Promise<void>,
): Promise<{ kept: string | null }> {
  const folder = dirname(live);
  const aside =
    keep === "for good" ? `${live}.damaged-${randomBytes(4).toString("hex")}` : join(dirname(incoming), "previous.db");
  if (keep !== null) await link(live, aside);
  // Where the file is missing, its log may have stayed: SQLite would replay it into the one that comes.
  if (keep === "for good") await setLogAside(live, aside);
  if (keep === null) await setLogAside(live, `${live}.missing-${randomBytes(4).toString("hex")}`);
  await rename(incoming, live);
  await flushFolder(folder);
  try {
    await finish();
  } catch (error) {
    if (keep === null) await rm(live, { force: true });
    else await rename(aside, live);
    await flushFolder(folder);
    throw error;
  }
  return { kept: keep === "for good" ? aside : null };
}

/** A damaged or missing database keeps its log, which may hold what its file lost. */
async function setLogAside(live: string, aside: string): Promise<void> {
  await rename(`${live}-wal`, `${aside}-wal`).catch((error: unknown) => {
    if (!hasCode(error, "ENOENT")) throw error;
  });
  await rm(`${live}-shm`, { force: true });
}
