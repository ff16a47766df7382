import { HttpError } from "../../errors/index.ts";

/** Makes what runs one long task at a time, and refuses further ones: each takes the disk and a processor. */
export function createTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let isTaken = false;
  return async (work) => {
    if (isTaken) throw new HttpError("OPERATION_RUNNING", { retryAfter: 30 });
    isTaken = true;
    try {
      return await work();
    } finally {
      isTaken = false;
    }
  };
}

/** Makes what gives everybody who asks while it runs the one answer. */
export function shareRuns<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= work().finally(() => {
      running = undefined;
    });
    return running;
  };
}
