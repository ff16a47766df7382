import { Worker } from "node:worker_threads";
import { DatabaseError } from "../errors/index.ts";
import { unpackFailure } from "./failure.ts";
import { readyTask, type ThreadAnswer } from "./serve.ts";

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

  /** An idle thread does not keep the process alive. */
  setIdle(idle: boolean): void {
    if (idle) this.#worker.unref();
    else this.#worker.ref();
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

/**
 * How long a thread without work is kept for the next task, in milliseconds: long work comes in several tasks, and to start a thread
 * takes 0.1 to 0.3 s of a processor.
 */
const idleMs = 5000;

interface Idle {
  readonly thread: Thread;
  readonly timer: NodeJS.Timeout;
}

const idleThreads = new Map<string, Idle>();
/** How many threads of a module have work, or are started. */
const busyThreads = new Map<string, number>();

function countBusy({ href }: URL, by: 1 | -1): void {
  busyThreads.set(href, (busyThreads.get(href) ?? 0) + by);
}

/** Keeps a thread for the next task of its module, unless another one waits already. It keeps no process alive. */
async function keepIdle({ href }: URL, thread: Thread): Promise<void> {
  if (idleThreads.has(href)) return thread.end();
  const end = () => {
    idleThreads.delete(href);
    void thread.end();
  };
  thread.setIdle(true);
  idleThreads.set(href, { thread, timer: setTimeout(end, idleMs).unref() });
}

function takeThread(module: URL): Thread {
  const idle = idleThreads.get(module.href);
  if (idle === undefined) return new Thread(module);
  idleThreads.delete(module.href);
  clearTimeout(idle.timer);
  idle.thread.setIdle(false);
  return idle.thread;
}

/** Runs work with a thread that does nothing else meanwhile; one on which it failed is not used again. */
export async function withThread<T>(module: URL, work: (thread: Thread) => Promise<T>): Promise<T> {
  const thread = takeThread(module);
  countBusy(module, 1);
  try {
    const result = await work(thread);
    await keepIdle(module, thread);
    return result;
  } catch (error) {
    await thread.end();
    throw error;
  } finally {
    countBusy(module, -1);
  }
}

/**
 * Has a thread ready for work during which others wait, who would also wait for its start. Where one has work already, it will be the
 * one.
 */
export async function warmThread(module: URL): Promise<void> {
  if (idleThreads.has(module.href) || (busyThreads.get(module.href) ?? 0) > 0) return;
  await runOnThread(module, readyTask, undefined);
}

/** Runs one task on a thread that has no other work. */
export function runOnThread<T>(
  module: URL,
  task: string,
  input: unknown,
  onNotice?: (notice: never) => void,
): Promise<T> {
  return withThread(module, (thread) => thread.call<T>(task, input, onNotice));
}
