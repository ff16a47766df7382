import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { runOnThread, warmThread, withThread } from "../../src/threads/thread.ts";

const module = new URL("../support/processes/numbered-thread.ts", import.meta.url);
const number = () => runOnThread<number>(module, "number", undefined);

describe("A thread without work", () => {
  beforeAll(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterAll(() => {
    vi.runAllTimers();
    vi.useRealTimers();
  });

  test("is kept for five seconds after its last task, however long ago the first one was", async () => {
    const first = await number();
    vi.advanceTimersByTime(3000);
    expect(await number()).toBe(first);
    vi.advanceTimersByTime(3000);
    expect(await number()).toBe(first);
    vi.advanceTimersByTime(5000);
    expect(await number()).not.toBe(first);
  });

  test("is there before the work when it is asked to be, once", async () => {
    vi.runAllTimers();
    await warmThread(module);
    await warmThread(module);
    const warm = await number();
    // While it works none is started beside it.
    const beside = await withThread(module, async (thread) => {
      await warmThread(module);
      return [await thread.call("number", undefined), await number()];
    });
    expect(beside).toEqual([warm, warm + 1]);
  });
});
