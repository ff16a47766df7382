import { randomBytes } from "node:crypto";
import { readdir, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makePrivateFolder } from "../../../files/durable.ts";
import { hasCode } from "../../../files/errors.ts";

interface Move {
  readonly from: string;
  readonly to: string;
}

/**
 * Turns the uploads folder into the one of a backup, in two steps around the moment when the database changes: first
 * the missing files come, then those go that the backup does not have. So whichever state a killed process leaves, the
 * files that its database names are there.
 */
export class UploadsChange {
  readonly #uploads: string;
  readonly #incoming: string;
  readonly #aside: string;
  readonly #names: ReadonlySet<string>;
  readonly #done: Move[] = [];

  /** @param workFolder on the disk of the uploads; holds what was unpacked in `incoming` */
  constructor(parts: { uploads: string; workFolder: string; incoming: string; names: readonly string[] }) {
    this.#uploads = parts.uploads;
    this.#incoming = parts.incoming;
    this.#aside = join(parts.workFolder, "aside");
    this.#names = new Set(parts.names);
  }

  /** Brings the files that are missing. */
  async addMissing(): Promise<void> {
    for (const name of this.#names) {
      if (!(await exists(join(this.#uploads, name)))) await this.#move(this.#incoming, this.#uploads, name);
    }
  }

  /** Replaces the files that differ, and takes away those that the backup does not have. */
  async removeOthers(): Promise<void> {
    for (const name of await namesIn(this.#uploads)) {
      const replaced = this.#names.has(name) && (await exists(join(this.#incoming, name)));
      if (this.#names.has(name) && !replaced) continue;
      await this.#move(this.#uploads, this.#aside, name);
      if (replaced) await this.#move(this.#incoming, this.#uploads, name);
    }
  }

  /**
   * Keeps the files that were replaced or taken away, in a folder beside the uploads.
   * @returns the folder; null when there were none
   */
  async keepReplaced(): Promise<string | null> {
    if (!(await exists(this.#aside))) return null;
    const place = `${this.#uploads}.replaced-${randomBytes(4).toString("hex")}`;
    await rename(this.#aside, place);
    return place;
  }

  /** Moves everything back, last things first. */
  async undo(): Promise<void> {
    for (const { from, to } of this.#done.splice(0).toReversed()) await rename(to, from);
  }

  async #move(fromFolder: string, toFolder: string, name: string): Promise<void> {
    const move = { from: join(fromFolder, name), to: join(toFolder, name) };
    await makePrivateFolder(dirname(move.to));
    await rename(move.from, move.to);
    this.#done.push(move);
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function namesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));
}
