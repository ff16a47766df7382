import { severities } from "@nerve/formats";
import { describe, expect, test } from "vitest";
import {
  changedDueDate,
  type Dated,
  defaultSlaPolicies,
  dueDate,
  type Urgency,
} from "../../../src/surface/deciding/due-date.ts";
import { findingStatuses } from "../../../src/surface/deciding/statuses.ts";

/** A day of the year 2026. */
const on = (day: number) => new Date(Date.UTC(2026, 0, day));
const high: Urgency = { status: "open", severity: "high", exploited: false };
const opened = (urgency: Partial<Urgency>) => dueDate({ ...high, ...urgency }, on(1), defaultSlaPolicies);

/** When a finding that was opened on the first day is due, when it changes on the twentieth. */
function changed(from: Partial<Dated>, to: Partial<Urgency>): Date | null {
  const finding = { ...high, openedAt: on(1), dueAt: on(31), ...from };
  const { status, severity, exploited } = finding;
  return changedDueDate(finding, { status, severity, exploited, ...to }, on(20), defaultSlaPolicies);
}

describe("When a finding is due", () => {
  test("follows from its severity, and sooner where it is known to be exploited", () => {
    const days = (exploited: boolean) => severities.map((severity) => opened({ severity, exploited }));
    expect(days(false)).toEqual([on(8), on(31), on(91), on(181), null]);
    expect(days(true)).toEqual([on(4), on(8), on(15), on(31), null]);
  });

  test("is never, while it is not open", () => {
    const open = findingStatuses.filter((status) => opened({ status }) !== null);
    expect(open).toEqual(["open", "confirmed"]);
    expect(changed({}, { status: "accepted" })).toBeNull();
    expect(changed({}, { status: "resolved", severity: "critical" })).toBeNull();
    expect(changed({ status: "fixed", dueAt: null }, { status: "resolved" })).toBeNull();
  });

  test("begins anew when it comes back, and when its acceptance ends", () => {
    expect(changed({ status: "resolved", dueAt: null }, { status: "open" })).toEqual(on(50));
    expect(changed({ status: "accepted", dueAt: null }, { status: "open", severity: "critical" })).toEqual(on(27));
  });

  test("stays when it is confirmed", () => {
    expect(changed({ dueAt: on(25) }, { status: "confirmed" })).toEqual(on(25));
  });

  test("comes nearer when it gets worse, and does not lie in the past by that", () => {
    expect(changed({}, { severity: "critical" })).toEqual(on(27));
    expect(changed({ dueAt: on(22) }, { severity: "critical" })).toEqual(on(22));
    expect(changed({ severity: "info", dueAt: null }, { severity: "low" })).toEqual(on(200));
  });

  test("comes nearer when it is exploited, also where its severity falls", () => {
    expect(changed({}, { exploited: true })).toEqual(on(27));
    expect(changed({}, { exploited: true, severity: "medium" })).toEqual(on(31));
    expect(changed({ severity: "low", dueAt: on(181) }, { exploited: true })).toEqual(on(50));
  });

  test("is what it would have been, when it gets less bad", () => {
    expect(changed({}, { severity: "low" })).toEqual(on(181));
    expect(changed({}, { severity: "info" })).toBeNull();
    expect(changed({ exploited: true, dueAt: on(8) }, { exploited: false })).toEqual(on(31));
  });

  test("is left alone by policies that grant what is worse more time, and where a policy is missing", () => {
    const odd = [{ severity: "critical", days: 365, exploitedDays: null }] as const;
    const finding = { ...high, openedAt: on(1), dueAt: on(31) };
    expect(changedDueDate(finding, { ...high, severity: "critical" }, on(20), odd)).toEqual(on(31));
    expect(changedDueDate(finding, { ...high, severity: "critical", exploited: true }, on(20), odd)).toEqual(on(31));
    expect(dueDate(high, on(1), odd)).toBeNull();
  });
});
