import { parentPort } from "node:worker_threads";
import { packFailure, type ThreadFailure } from "./failure.ts";

/** What the caller asks for. */
export interface ThreadRequest {
  readonly id: number;
  readonly task: string;
  readonly input: unknown;
}

/** What the thread answers. */
export type ThreadAnswer =
  | { readonly id: number; readonly notice: unknown }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: ThreadFailure };

/** Tells the caller something before the task has ended. */
export type Notify = (notice: unknown) => void;

// oxlint-disable-next-line typescript/no-explicit-any -- each task declares what it takes; the caller's type is its own
export type Tasks = Readonly<Record<string, (input: any, notify: Notify) => unknown>>;

/** What every thread answers once it has loaded, with nothing. */
export const readyTask = "ready";

/** Answers the calls of the thread that started this one, one after the other. */
export function serve(tasks: Tasks): void {
  let last: Promise<void> = Promise.resolve();
  const answer = async ({ id, task, input }: ThreadRequest): Promise<void> => {
    try {
      const result =
        task === readyTask
          ? undefined
          : await tasks[task]?.(input, (notice) => parentPort?.postMessage({ id, notice }));
      parentPort?.postMessage({ id, result });
    } catch (error) {
      parentPort?.postMessage({ id, failure: packFailure(error) });
    }
  };
  parentPort?.on("message", (request: ThreadRequest) => {
    last = last.then(() => answer(request));
  });
}
