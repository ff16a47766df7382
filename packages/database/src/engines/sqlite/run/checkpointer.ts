import { Worker } from "node:worker_threads";
import type { CheckpointerMessage } from "./checkpoint-worker.ts";
import { threadModule } from "../../../threads/thread.ts";

/** Moves the write-ahead log into the database file on a thread of its own. */
export interface Checkpointer {
  /** Never holds up writers until the returned function is called; for a long reader, under which it would be in vain. */
  hold(): () => void;
  /** Ends the thread, after the checkpoint that may be running. */
  stop(): Promise<void>;
}

/** Starts the checkpoint thread of a database file. It keeps no process alive. */
export function startCheckpointer(file: string): Checkpointer {
  const worker = new Worker(threadModule(import.meta.url, "checkpoint-worker"), { workerData: { file } });
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
  const tell = (message: CheckpointerMessage) => worker.postMessage(message);
  return {
    hold() {
      tell("hold");
      return () => tell("resume");
    },
    async stop() {
      if (exited) return;
      worker.ref();
      tell("stop");
      await exit;
    },
  };
}
