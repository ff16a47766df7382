import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, serverOwner } from "./postgres-server.ts";

/** A PgBouncer of the tests' own. */
export interface Bouncer extends AsyncDisposable {
  /** Its folder, which its sockets may be in. */
  readonly folder: string;
}

/**
 * Starts PgBouncer, and waits until it listens.
 *
 * @param program path of `pgbouncer`.
 * @param configure gives the text of its configuration, for a folder that its files can be in.
 */
export async function runPgBouncer(program: string, configure: (folder: string) => Promise<string>): Promise<Bouncer> {
  const owner = await serverOwner();
  const folder = await mkdtemp(join(tmpdir(), "nerve-pgbouncer-"));
  await chmod(folder, 0o755);
  if (owner) await chown(folder, owner.uid, owner.gid);
  const configuration = join(folder, "pgbouncer.ini");
  await writeFile(configuration, await configure(folder), { mode: 0o644 });
  const bouncer = spawn(program, [configuration], { ...owner, cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const stop = async () => {
    await end(bouncer);
    await rm(folder, { recursive: true });
  };
  try {
    await untilListening(bouncer);
  } catch (error) {
    await stop();
    throw error;
  }
  return { folder, [Symbol.asyncDispose]: stop };
}

/** PgBouncer before one database, on a loopback port. */
export interface BouncerOfDatabase extends Bouncer {
  /** The URL of the same database and role, through the pooler. */
  readonly url: string;
}

/**
 * Starts PgBouncer in transaction mode before the server of a URL, set as Debian sets it but for what is given here.
 *
 * @param program path of `pgbouncer`.
 * @param databaseUrl where it leads to.
 * @param poolSize how many connections it opens to the server.
 */
export async function startPgBouncer(
  program: string,
  databaseUrl: string,
  poolSize: number,
): Promise<BouncerOfDatabase> {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const database = pathname.slice(1);
  const ownPort = await freePort();
  const bouncer = await runPgBouncer(program, async (folder) => {
    const users = join(folder, "users.txt");
    await writeFile(users, `"${username}" "${password}"\n`, { mode: 0o644 });
    const text = `
      [databases]
      ${database} = host=${hostname} port=${port} dbname=${database}
      [pgbouncer]
      listen_addr = 127.0.0.1
      listen_port = ${ownPort}
      unix_socket_dir =
      auth_type = ${password === "" ? "trust" : "scram-sha-256"}
      auth_file = ${users}
      pool_mode = transaction
      default_pool_size = ${poolSize}
      max_client_conn = 200
    `;
    return text.replaceAll(/^ +/gm, "");
  });
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String(ownPort);
  return { ...bouncer, url: url.href };
}

async function untilListening(bouncer: ChildProcess): Promise<void> {
  let log = "";
  await new Promise<void>((resolve, reject) => {
    bouncer.once("error", reject);
    bouncer.once("exit", (code) => reject(new Error(`PgBouncer ended with code ${code}:\n${log}`)));
    bouncer.stderr?.setEncoding("utf8").on("data", (text: string) => {
      log = `${log}${text}`.slice(-8000);
      if (log.includes("process up")) resolve();
    });
  });
}

async function end(bouncer: ChildProcess): Promise<void> {
  if (bouncer.exitCode !== null || bouncer.signalCode !== null) return;
  const ended = once(bouncer, "exit");
  bouncer.kill("SIGKILL");
  await ended;
}
