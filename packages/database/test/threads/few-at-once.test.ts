import { expect, test } from "vitest";
import { fewAtOnce, type RunFew, type Turn } from "../../src/threads/few-at-once.ts";

/** Work that ends when it is told to, and notes when it began. */
function worker(run: RunFew) {
  const begun: string[] = [];
  const running: (() => void)[] = [];
  const refused: string[] = [];
  return {
    begun,
    refused,
    add(name: string, turn?: Turn) {
      const work = () =>
        new Promise<void>((resolve) => {
          begun.push(name);
          running.push(resolve);
        });
      return run(work, turn).catch(
        (error: unknown) => void refused.push(`${name} ${(error as { code: string }).code}`),
      );
    },
    /** Ends what runs until nothing is left. */
    async finish() {
      for (let end = running.shift(); end !== undefined; end = running.shift()) {
        end();
        await new Promise(setImmediate);
      }
    },
  };
}

const of = (owner: string): Turn => ({ owner });

test("lets a few through at once, and the next when one has ended", async () => {
  const { add, begun, finish } = worker(fewAtOnce(2));
  const all = [add("1"), add("2"), add("3")];
  expect(begun).toEqual(["1", "2"]);
  await finish();
  await Promise.all(all);
  expect(begun).toEqual(["1", "2", "3"]);
});

test("attack: who asks for much waits for it alone", async () => {
  const { add, begun, finish } = worker(fewAtOnce(1));
  const all = ["m1", "m2", "m3", "m4", "m5"].map((name) => add(name, of("many")));
  all.push(add("a1", of("a")), add("b1", of("b")), add("a2", of("a")));
  await finish();
  await Promise.all(all);
  expect(begun).toEqual(["m1", "m2", "a1", "b1", "m3", "a2", "m4", "m5"]);
});

test("who is preferred goes before all others, each in turn", async () => {
  const { add, begun, finish } = worker(fewAtOnce(1));
  const all = [add("s1", of("s")), add("s2", of("s"))];
  for (const name of ["p1", "p2"]) all.push(add(name, { owner: "p", isPreferred: true }));
  all.push(add("q1", { owner: "q", isPreferred: true }));
  await finish();
  await Promise.all(all);
  expect(begun).toEqual(["s1", "p1", "q1", "p2", "s2"]);
});

test("when too many wait, the last of whoever has most waiting is refused", async () => {
  const { add, begun, refused, finish } = worker(fewAtOnce(1, { mostWaiting: 3 }));
  const all = ["m1", "m2", "m3", "m4"].map((name) => add(name, of("many")));
  all.push(add("m5", of("many")));
  all.push(add("a1", of("a")), add("b1", of("b")));
  all.push(add("c1", of("c")), add("p1", { owner: "p", isPreferred: true }));
  await finish();
  await Promise.all(all);
  expect(refused).toEqual(["m5 BUSY", "m4 BUSY", "m3 BUSY", "c1 BUSY"]);
  expect(begun).toEqual(["m1", "p1", "m2", "a1", "b1"]);
});

test("what fails makes room as well", async () => {
  const run = fewAtOnce(1);
  const failing = run(() => Promise.reject(new Error("no")));
  const next = run(() => Promise.resolve("yes"));
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe("yes");
});
