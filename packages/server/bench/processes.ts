import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { LoadOrder, LoadReport, Target } from "./load.ts";

/** What a server tells when it listens. */
export interface Listening {
  readonly port: number;
  /** What signs a request in, where the bench does not know it. */
  readonly cookie?: string;
}

/** A server that listens in a process of its own. */
export interface ServerProcess extends Listening {
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
function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`${child.spawnargs.join(" ")} ended with ${code}.`));
    child.once("exit", onExit);
    child.once("message", (message) => {
      child.off("exit", onExit);
      resolve(message as Message);
    });
  });
}

/**
 * Starts a server.
 *
 * @param file its file; a name is one of this folder
 * @param options `settings`: what it is given as JSON; `log`: the file that its standard error goes to
 */
export async function startServerProcess(
  file: string | URL,
  { settings, log }: { settings: object; log: string },
): Promise<ServerProcess> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), [JSON.stringify(settings)], {
    stdio: ["ignore", "inherit", openSync(log, "a"), "ipc"],
  });
  return { ...(await nextMessage<Listening>(child)), end: () => endChild(child) };
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
