/** Runs work that others must not wait for too much of: a few at once, the rest in the order in which it came. */
export type RunFew = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Makes a gate that lets a few through at once.
 * @param most how many
 */
export function fewAtOnce(most: number): RunFew {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => void waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
