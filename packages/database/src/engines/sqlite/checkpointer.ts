import { Worker } from "node:worker_threads";

/** Moves the write-ahead log into the database file on a thread of its own. */
export interface Checkpointer {
  /** Ends the thread, after the checkpoint that may be running. */
  stop(): Promise<void>;
}

/** Starts the checkpoint thread of a database file. It keeps no process alive. */
export function startCheckpointer(file: string): Checkpointer {
  const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  const worker = new Worker(new URL(`./checkpoint-worker${extension}`, import.meta.url), { workerData: { file } });
  worker.unref();
  let exited = false;
  const exit = new Promise<void>((resolve) => {
    worker.once("exit", () => {
      exited = true;
      resolve();
    });
  });
  // The log then only grows until the last connection closes; nothing is lost.
  worker.on("error", () => undefined);
  return {
    async stop() {
      if (exited) return;
      worker.ref();
      worker.postMessage("stop");
      await exit;
    },
  };
}
