import { describe, expect, test } from "vitest";
import { FailureGroups } from "../../src/security/group-failures.ts";
import { testClock } from "../support/clock.ts";

describe("Groups of failed sign-ins", () => {
  test("attack: their number is bounded, from however many networks, for however many addresses", () => {
    const groups = new FailureGroups(testClock());
    const reason = "unknown account";
    for (let guess = 0; guess < 2500; guess += 1) {
      groups.count({ email: `a${guess}@example.org`, ipAddress: `2001:db8:0:${guess.toString(16)}::1`, reason });
    }
    const all = groups.all();
    expect(["address", "network", "others"].map((by) => all.filter((group) => group.by === by).length)).toEqual([
      1000, 200, 1,
    ]);
    expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(2500);
    const last = all.at(-1);
    expect([last?.networks.size, last?.networks.get("others"), last?.addresses.size]).toEqual([11, 1290, 100]);
  });

  test("leave memory when their hour is over, unless they are still needed", () => {
    const clock = testClock();
    const groups = new FailureGroups(clock);
    const failure = { email: "a@example.org", ipAddress: "192.0.2.1", reason: "wrong password" };
    const first = groups.count(failure);
    clock.advance({ hours: 1 });
    const second = groups.count(failure);
    expect(second).not.toBe(first);
    groups.forgetEnded((group) => group === first);
    expect(groups.all()).toEqual([first, second]);
    groups.forgetEnded(() => false);
    expect(groups.all()).toEqual([second]);
  });
});
