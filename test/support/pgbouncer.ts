import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, serverOwner } from "./postgres-server.ts";

/** A PgBouncer of the tests' own, on a loopback port. */
export interface Bouncer extends AsyncDisposable {
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
export async function startPgBouncer(program: string, databaseUrl: string, poolSize: number): Promise<Bouncer> {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const database = pathname.slice(1);
  const ownPort = await freePort();
  const folder = await mkdtemp(join(tmpdir(), "nerve-pgbouncer-"));
  // It gives up root's rights before it reads them.
  await chmod(folder, 0o755);
  const users = join(folder, "users.txt");
  const configuration = join(folder, "pgbouncer.ini");
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
  await writeFile(configuration, text.replaceAll(/^ +/gm, ""), { mode: 0o644 });
  const bouncer = spawn(program, [configuration], {
    ...(await serverOwner()),
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
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
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String(ownPort);
  return { url: url.href, [Symbol.asyncDispose]: stop };
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
