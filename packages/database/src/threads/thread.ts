import { Worker } from "node:worker_threads";
import { DatabaseError } from "../errors/index.ts";
import { unpackFailure } from "./failure.ts";
import type { ThreadAnswer } from "./serve.ts";

interface Call {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
  readonly onNotice: ((notice: never) => void) | undefined;
}

/**
 * Finds the module of a thread beside the one that starts it, in the sources and in what is built from them.
 * @param from `import.meta.url` of the module that starts the thread
 * @param name file name without its extension
 */
export function threadModule(from: string, name: string): URL {
  return new URL(`./${name}${from.endsWith(".ts") ? ".ts" : ".js"}`, from);
}

/** A thread for work that would hold up the event loop. */
export class Thread {
  readonly #worker: Worker;
  readonly #calls = new Map<number, Call>();
  #count = 0;
  #ended = false;

  constructor(module: URL) {
    this.#worker = new Worker(module);
    this.#worker.on("message", (answer: ThreadAnswer) => this.#receive(answer));
    this.#worker.on("error", (cause) => this.#failAll(cause));
    this.#worker.on("exit", () => this.#failAll(undefined));
  }

  /**
   * Runs a task of the thread.
   * @throws what the task threw, with its code; the class is lost on the way
   */
  call<T>(task: string, input: unknown, onNotice?: (notice: never) => void): Promise<T> {
    if (this.#ended) return Promise.reject(threadEnded(undefined));
    this.#count += 1;
    const id = this.#count;
    return new Promise<T>((resolve, reject) => {
      this.#calls.set(id, { resolve, reject, onNotice });
      this.#worker.postMessage({ id, task, input });
    });
  }

  /** Ends the thread, whatever it does. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #receive(answer: ThreadAnswer): void {
    const call = this.#calls.get(answer.id);
    if (call === undefined) return;
    if ("notice" in answer) {
      call.onNotice?.(answer.notice as never);
      return;
    }
    this.#calls.delete(answer.id);
    if ("failure" in answer) call.reject(unpackFailure(answer.failure));
    else call.resolve(answer.result as never);
  }

  #failAll(cause: unknown): void {
    this.#ended = true;
    for (const { reject } of this.#calls.values()) reject(threadEnded(cause));
    this.#calls.clear();
  }
}

function threadEnded(cause: unknown): DatabaseError {
  return new DatabaseError("DATABASE_FAILED", { message: "A thread of the database ended early.", cause });
}

/** Runs one task on a thread of its own. */
export async function runOnThread<T>(
  module: URL,
  task: string,
  input: unknown,
  onNotice?: (notice: never) => void,
): Promise<T> {
  const thread = new Thread(module);
  try {
    return await thread.call<T>(task, input, onNotice);
  } finally {
    await thread.end();
  }
}
