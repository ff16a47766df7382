import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmod, chown, cp, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type PostgresPrograms, findPostgresPrograms } from "./postgres-programs.ts";

const run = promisify(execFile);
const user = "nerve";

/** How a server ends: `fast` ends sessions and checkpoints, `immediate` leaves recovery to the next start, like a crash. */
export type StopMode = "fast" | "immediate";

/** A PostgreSQL server of the tests' own, on a loopback port, in a temporary folder. */
export interface PostgresServer {
  readonly port: number;
  /** Folder of `postgres`, and of `psql` and `pg_dump` where the machine's own PostgreSQL is used. */
  readonly binFolder: string;
  /** Connection URL of the superuser, for the database named (default `postgres`). */
  url(database?: string): string;
  /** Starts a stopped server on the same port and data. */
  start(): Promise<void>;
  /** Ends the server process; data and port stay for `start`. */
  stop(mode?: StopMode): Promise<void>;
  /** Stops and starts. */
  restart(mode?: StopMode): Promise<void>;
  /** Stops the server and deletes its folder. */
  remove(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Settings that trade durability, which tests do not need, for speed. */
const testSettings = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_connections: "200",
  shared_buffers: "128MB",
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  timezone: "UTC",
};

/**
 * Starts a PostgreSQL server that belongs to the caller, and waits until it accepts connections.
 *
 * @param settings server settings (postgresql.conf names) on top of those that make tests fast.
 * @param programs which installation to run; default: {@link findPostgresPrograms}.
 * @throws Error with the end of the server's log when it does not start.
 */
export async function startPostgresServer(
  settings: Record<string, string | number> = {},
  programs?: PostgresPrograms,
): Promise<PostgresServer> {
  const password = randomBytes(16).toString("hex");
  return startServer({ settings, programs, password, makeData: initialise });
}

/**
 * Starts a streaming replica of a server, and waits until it answers.
 *
 * @param primary the server that it follows.
 * @param program `pg_basebackup`, which copies the primary.
 * @param settings server settings of the replica.
 */
export async function startReplica(
  primary: PostgresServer,
  program: string,
  settings: Record<string, string | number> = {},
): Promise<PostgresServer> {
  const makeData = async ({ folder, owner }: DataPlace) => {
    const options = ["--dbname", primary.url(), "--pgdata", join(folder, "data"), "--write-recovery-conf"];
    const environment = { LC_ALL: "C.UTF-8", PATH: process.env["PATH"] };
    await run(program, [...options, "--checkpoint=fast", "--no-sync"], { ...owner, cwd: folder, env: environment });
  };
  return startServer({ settings, password: new URL(primary.url()).password, makeData });
}

interface Start {
  readonly settings: Record<string, string | number>;
  readonly programs?: PostgresPrograms | undefined;
  readonly password: string;
  readonly makeData: (place: DataPlace) => Promise<void>;
}

/** Where the data of a server is made. */
interface DataPlace {
  readonly binFolder: string;
  readonly folder: string;
  readonly password: string;
  readonly owner: Owner | undefined;
}

async function startServer({ settings, programs, password, makeData }: Start): Promise<PostgresServer> {
  const found = programs ?? (await findPostgresPrograms());
  const owner = await serverOwner();
  const folder = await mkdtemp(join(tmpdir(), "nerve-postgres-"));
  if (owner) await chown(folder, owner.uid, owner.gid);
  const leash = holdOnLeash(folder);
  try {
    const binFolder = await reachableBinFolder(found, folder, owner);
    await makeData({ binFolder, folder, password, owner });
    const server = new TestServer({ binFolder, folder, password, owner, leash, settings, port: await freePort() });
    await server.start();
    return server;
  } catch (error) {
    await letGo(leash);
    throw error;
  }
}

/** The account that a server runs as. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

interface ServerOptions extends DataPlace {
  readonly leash: ChildProcess;
  readonly settings: Record<string, string | number>;
  readonly port: number;
}

class TestServer implements PostgresServer {
  readonly port: number;
  readonly binFolder: string;
  readonly #options: ServerOptions;
  #process: ChildProcess | undefined;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.port = options.port;
    this.binFolder = options.binFolder;
  }

  url(database = "postgres"): string {
    return `postgresql://${user}:${this.#options.password}@127.0.0.1:${this.port}/${database}`;
  }

  async start(): Promise<void> {
    if (this.#process !== undefined) return;
    const { binFolder, folder, owner, settings } = this.#options;
    const all = Object.entries({ ...testSettings, ...settings, port: this.port });
    const options = ["-D", join(folder, "data"), ...all.flatMap(([name, value]) => ["-c", `${name}=${value}`])];
    const server = spawn(join(binFolder, "postgres"), options, {
      ...owner,
      cwd: folder,
      detached: true,
      env: { LC_ALL: "C.UTF-8", PATH: process.env["PATH"] },
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#process = server;
    server.once("exit", () => (this.#process = undefined));
    await untilReady(server);
  }

  async stop(mode: StopMode = "fast"): Promise<void> {
    const server = this.#process;
    if (server === undefined) return;
    const ended = once(server, "exit");
    server.kill(mode === "fast" ? "SIGINT" : "SIGQUIT");
    await ended;
  }

  async restart(mode?: StopMode): Promise<void> {
    await this.stop(mode);
    await this.start();
  }

  async remove(): Promise<void> {
    await this.stop("immediate");
    await letGo(this.#options.leash);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.remove();
  }
}

/** Root may not run PostgreSQL or PgBouncer: an account that may, or undefined when this process may itself. */
export async function serverOwner(): Promise<Owner | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    const ids = ["-u", "-g"].map((flag) => run("id", [flag, name]).then(({ stdout }) => Number(stdout)));
    const [uid, gid] = await Promise.all(ids).catch(() => []);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error("PostgreSQL refuses to run as root, and there is no `postgres` or `nobody` account to run it as.");
}

/**
 * A shell that waits for its input to close, which happens when this process lets go of it or dies in whatever way,
 * and then ends the server and deletes its folder: no test run leaves anything behind.
 */
function holdOnLeash(folder: string): ChildProcess {
  const script = `cd /; read -r _; pid=$(head -n 1 "$0/data/postmaster.pid" 2>/dev/null) && kill -s QUIT "$pid" 2>/dev/null
    tries=0; while [ -n "$pid" ] && kill -s 0 "$pid" 2>/dev/null && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
    rm -rf "$0"`;
  return spawn("sh", ["-c", script, folder], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
}

async function letGo(leash: ChildProcess): Promise<void> {
  if (leash.exitCode !== null || leash.signalCode !== null) return;
  const ended = once(leash, "exit");
  leash.stdin?.end();
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`A test server's folder ${leash.spawnargs.at(-1)} could not be deleted.`);
}

/** The npm package's programs, copied when they lie in a folder that the server's account cannot enter. */
async function reachableBinFolder(
  { binFolder, packageFolder }: PostgresPrograms,
  folder: string,
  owner: Owner | undefined,
): Promise<string> {
  if (packageFolder === undefined || owner === undefined || (await isOpenToAll(binFolder))) return binFolder;
  const copy = join(folder, "programs");
  await cp(packageFolder, copy, { recursive: true, verbatimSymlinks: true });
  await chmod(copy, 0o755);
  return join(copy, "bin");
}

async function isOpenToAll(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  if ((mode & 0o001) === 0) return false;
  const parent = dirname(folder);
  return parent === folder || isOpenToAll(parent);
}

async function initialise({ binFolder, folder, password, owner }: DataPlace): Promise<void> {
  const passwordFile = join(folder, "password");
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (owner) await chown(passwordFile, owner.uid, owner.gid);
  const options = ["--username", user, "--pwfile", passwordFile, "--auth", "scram-sha-256"];
  const locale = ["--encoding", "UTF8", "--locale", "C.UTF-8"];
  await run(join(binFolder, "initdb"), ["--pgdata", join(folder, "data"), "--no-sync", ...options, ...locale], {
    ...owner,
    cwd: folder,
    env: { LC_ALL: "C.UTF-8", PATH: process.env["PATH"] },
  });
  await rm(passwordFile);
}

/** A port of loopback that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("The system gave no free port.");
  return address.port;
}

async function untilReady(server: ChildProcess): Promise<void> {
  let log = "";
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`PostgreSQL ended with code ${code}:\n${log}`)));
    server.stderr?.setEncoding("utf8").on("data", (text: string) => {
      log = `${log}${text}`.slice(-8000);
      if (/ready to accept (?:read-only )?connections/.test(log)) resolve();
    });
  });
}
