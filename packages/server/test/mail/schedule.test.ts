import { Cron } from "croner";
import { expect, test } from "vitest";
import { patternFrom } from "../../src/mail/schedule.ts";

test.each(Array.from({ length: 15 }, (_, second) => second))(
  "from second %i of a minute on, the queue is looked at every 15 seconds",
  (second) => {
    const times = new Cron(patternFrom(second), { timezone: "UTC", paused: true }).nextRuns(4, "2026-03-01T11:59:59Z");
    expect(times.map((time) => time.getUTCSeconds())).toEqual([0, 15, 30, 45].map((offset) => second + offset));
  },
);
