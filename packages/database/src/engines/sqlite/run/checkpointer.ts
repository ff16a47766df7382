import { performance } from "node:perf_hooks";
import { Worker } from "node:worker_threads";
import type { CheckpointerMessage } from "./checkpoint-worker.ts";
import { threadModule } from "../../../threads/thread.ts";
import { intervalMs, logBytesOf, passiveBytes } from "./log-size.ts";

/** Moves the write-ahead log into the database file on a thread of its own. */
export interface Checkpointer {
  /** To be told of each write: the log grows by nothing else. */
  noteWrite(): void;
  /** Never holds up writers until the returned function is called; for a long reader, under which it would be in vain. */
  hold(): () => void;
  /** Ends the thread, after the checkpoint that may be running. */
  stop(): Promise<void>;
}

/**
 * Makes the checkpointer of a database file. The thread is started when the log is first so large that it has work, which most
 * commands never come to. Neither it nor the look at the log keeps a process alive.
 */
export function createCheckpointer(file: string): Checkpointer {
  let thread: CheckpointThread | undefined;
  let timer: NodeJS.Timeout | undefined;
  let lookedMs = performance.now();
  let holds = 0;
  const look = () => {
    clearTimeout(timer);
    timer = undefined;
    lookedMs = performance.now();
    if (thread !== undefined || logBytesOf(file) < passiveBytes) return;
    thread = startThread(file);
    for (let count = 0; count < holds; count += 1) thread.tell("hold");
  };
  return {
    noteWrite() {
      if (thread !== undefined) return;
      // Writes that leave the event loop no time would keep a timer from ever coming.
      if (performance.now() - lookedMs >= intervalMs) look();
      else timer ??= setTimeout(look, intervalMs).unref();
    },
    hold() {
      holds += 1;
      thread?.tell("hold");
      return () => {
        holds -= 1;
        thread?.tell("resume");
      };
    },
    async stop() {
      clearTimeout(timer);
      await thread?.stop();
    },
  };
}

interface CheckpointThread {
  tell(message: CheckpointerMessage): void;
  stop(): Promise<void>;
}

function startThread(file: string): CheckpointThread {
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
    tell,
    async stop() {
      if (exited) return;
      worker.ref();
      tell("stop");
      await exit;
    },
  };
}
