import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { LoadOrder, LoadReport, Target } from "./load.ts";

/** A server that listens in a process of its own. */
export interface ServerProcess {
  readonly port: number;
  readonly end: () => Promise<void>;
}

/** Sends so many requests to a server, and waits for the answers. */
export interface LoadProcess {
  readonly send: (count: number) => Promise<void>;
  readonly end: () => Promise<void>;
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = once(child, "exit");
  child.disconnect();
  await exit;
}

/** The next message of a child; fails when it ends instead. */
async function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  const exit = once(child, "exit").then(() => Promise.reject(new Error(`${child.spawnargs[2]} ended.`)));
  exit.catch(() => undefined);
  const [message] = (await Promise.race([once(child, "message"), exit])) as [Message];
  return message;
}

/**
 * Starts one of the servers of this folder.
 *
 * @param file its file
 * @param options `settings`: what it is given as JSON; `log`: the file that its standard error goes to
 */
export async function startServerProcess(
  file: string,
  { settings, log }: { settings: object; log: string },
): Promise<ServerProcess> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify(settings)], {
    stdio: ["ignore", "inherit", openSync(log, "a"), "ipc"],
    execArgv: [...process.execArgv, ...(process.env["NERVE_BENCH_NODE_OPTIONS"]?.split(" ") ?? [])],
  });
  const port = await nextMessage<number>(child);
  return { port, end: () => endChild(child) };
}

/** Starts what sends requests to a server. */
export async function startLoadProcess(target: Target): Promise<LoadProcess> {
  const child = fork(fileURLToPath(new URL("load.ts", import.meta.url)));
  const give = async (order: LoadOrder) => {
    child.send(order);
    const report = await nextMessage<LoadReport>(child);
    if (report !== "done") throw new Error(report.failed);
  };
  await give(target);
  return { send: give, end: () => endChild(child) };
}
