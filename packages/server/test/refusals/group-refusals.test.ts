import { expect, test } from "vitest";
import { testClock } from "../../../database/test/support/clock.ts";
import { type ProblemCode, problemRegistry } from "../../src/errors/index.ts";
import { groupRefusals, type Refusal } from "../../src/refusals/group-refusals.ts";
import { kindOfProblem } from "../../src/refusals/refusal-kinds.ts";

function refusal(key: string, userId?: number): Refusal {
  const subject = { by: "network", key, ...(userId === undefined ? {} : { userId }) } as const;
  return { kind: "unknown_requested", code: "NOT_FOUND", subject, route: `GET /${key}`, requestId: key };
}

test("attack: however many addresses refuse to end, memory and events are bounded, and users stay apart", () => {
  const groups = groupRefusals(testClock());
  for (let count = 0; count < 5000; count += 1) groups.count(refusal(`2001:db8:${count}:0`));
  const user = groups.count(refusal("user 7", 7));
  expect([user.subject.userId, user.count]).toEqual([7, 1]);
  const others = groups.count(refusal("192.0.2.7"));
  expect([others.subject.by, others.count, others.routes.size]).toEqual(["others", 4801, 11]);
  expect(groups.takeAll()).toHaveLength(202);
  expect(groups.count(refusal("192.0.2.7")).subject.by).toBe("network");
});

test("attack: a key from elsewhere is told apart from networks that crowd in, and crowds out nobody", () => {
  const groups = groupRefusals(testClock());
  const elsewhere = (network: number): Refusal => ({
    ...refusal(`key 7 from 2001:db8:${network}:0`),
    subject: { by: "misplaced-key", key: `key 7 from 2001:db8:${network}:0`, userId: 7, keyId: 7 },
  });
  for (let count = 0; count < 500; count += 1) groups.count(refusal(`2001:db8:${count}:0`));
  expect(groups.count(elsewhere(0)).subject).toMatchObject({ by: "misplaced-key", keyId: 7 });
  for (let count = 0; count < 2000; count += 1) groups.count(elsewhere(count));
  expect(groups.count(elsewhere(1999)).subject.by).toBe("others");
  expect(groups.count(refusal("user 8", 8)).subject.userId).toBe(8);
});

test("an hour ends by the clock, also by one that is set back", () => {
  const clock = testClock();
  const groups = groupRefusals(clock);
  groups.count(refusal("a"));
  clock.advance({ minutes: 59 });
  groups.count(refusal("b"));
  expect(groups.takeEnded()).toEqual([]);
  clock.advance({ minutes: 1 });
  expect(groups.takeEnded().map(({ subject }) => subject.key)).toEqual(["a"]);
  clock.advance({ hours: -3 });
  expect(groups.takeEnded().map(({ subject }) => subject.key)).toEqual(["b"]);
});

test("of every refusal somebody has decided what it is", () => {
  const refusals = Object.entries(problemRegistry).filter(([, { status }]) => status < 500);
  expect(refusals.map(([code]) => code as ProblemCode).filter((code) => !(code in kindOfProblem))).toEqual([]);
});
