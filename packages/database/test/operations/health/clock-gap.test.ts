import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type Database, openDatabase, runHealthCheck } from "../../../src/index.ts";
import { migratedPlace, engineNames, type TestPlace, testKeys } from "../../support/engines.ts";
import { testClock } from "../../support/clock.ts";

describe.each(engineNames)("The clock of the machine, on %s", (engine) => {
  let place: TestPlace;
  let db: Database;
  beforeAll(async () => {
    place = await migratedPlace(engine);
    db = await openDatabase(place.url, { keys: testKeys });
  });
  afterEach(() => void vi.useRealTimers());
  afterAll(async () => {
    await db.close();
    await place.remove();
  });

  const clockAlerts = async (handle = db) =>
    (await runHealthCheck(handle)).alerts.filter(({ code }) => code === "CLOCK").map(({ message }) => message);
  const setAhead = (seconds: number) =>
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + seconds * 1000, shouldAdvanceTime: false });

  test("agrees with the database server's", async () => {
    expect(await clockAlerts()).toEqual([]);
    setAhead(5);
    expect(await clockAlerts()).toEqual([]);
  });

  test.each([
    [600, "ahead of"],
    [-600, "behind"],
  ])("is %i seconds off: somebody is told, where there is another clock to compare with", async (seconds, where) => {
    setAhead(seconds);
    const told =
      engine === "sqlite" ? [] : [expect.stringMatching(new RegExp(`seconds ${where} the database server's`))];
    expect(await clockAlerts()).toEqual(told);
  });

  test("is not compared for a handle that was given another", async () => {
    const other = await openDatabase(place.url, { keys: testKeys, clock: testClock() });
    expect((await runHealthCheck(other)).clockGapMs).toBeNull();
    await other.close();
  });
});
