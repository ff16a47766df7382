import { describe, expect, test } from "vitest";
import { changeKind, type StatusCause } from "../../../src/surface/deciding/change-kind.ts";
import { type FindingStatus, findingStatuses, isOpen } from "../../../src/surface/deciding/statuses.ts";
import {
  type DecisionAction,
  decisionActions,
  type FindingState,
  type Sight,
  whenAcceptanceEnds,
  whenDecided,
  whenGone,
  whenSeen,
} from "../../../src/surface/deciding/transitions.ts";

const now = new Date("2026-11-26T00:00:00Z");
const earlier = new Date("2026-11-25T00:00:00Z");
const later = new Date("2026-11-27T00:00:00Z");
const acceptance = { maxSeverity: "medium", expiresAt: later, endedAt: null } as const;

function see(finding: Partial<FindingState>, sight: Partial<Sight> = {}): (status: FindingStatus) => string | null {
  const none = { lastOpen: "open", decidedAt: null, acceptance: null } as const;
  const plain = { suppressed: false, severity: "medium", scannedAt: now, now } as const;
  return (status) => whenSeen({ ...none, ...finding, status }, { ...plain, ...sight });
}

function decide(action: DecisionAction, lastOpen: "open" | "confirmed" = "open"): (status: FindingStatus) => string {
  return (status) => {
    const answer = whenDecided(action, status, lastOpen);
    return typeof answer === "string" ? answer : answer.to;
  };
}

const events: Readonly<Record<string, (status: FindingStatus) => string | null>> = {
  seen: see({}),
  "seen, scanned after the claim": see({ decidedAt: earlier }),
  "seen, scanned before the claim": see({ decidedAt: now }, { scannedAt: earlier }),
  "seen, scanned at the time of the claim": see({ decidedAt: now }),
  "seen, once confirmed": see({ lastOpen: "confirmed" }),
  "seen, its acceptance live": see({ acceptance }),
  "seen, its acceptance expired": see({ lastOpen: "confirmed", acceptance: { ...acceptance, expiresAt: now } }),
  "seen, its acceptance revoked": see({ acceptance: { ...acceptance, endedAt: earlier } }),
  "seen, below what was accepted": see({ acceptance }, { severity: "info" }),
  "seen, above what was accepted": see({ acceptance }, { severity: "high" }),
  "seen, suppressed": see({}, { suppressed: true }),
  "seen, suppressed, above accepted": see({ acceptance }, { suppressed: true, severity: "critical" }),
  "seen, suppressed by a statement": see({ stated: true }),
  gone: whenGone,
  "acceptance ends": whenAcceptanceEnds,
  confirm: decide("confirm"),
  "accept-risk": decide("accept-risk"),
  "false-positive": decide("false-positive"),
  "out-of-scope": decide("out-of-scope"),
  fixed: decide("fixed"),
  reopen: decide("reopen"),
  "reopen, once confirmed": decide("reopen", "confirmed"),
};

const table = `
event ↓ in state →                     | open           | confirmed      | fixed          | resolved  | accepted       | false_positive | out_of_scope   | suppressed
seen                                   | –              | –              | open           | open      | –              | –              | –              | open
seen, scanned after the claim          | –              | –              | open           | open      | –              | –              | –              | open
seen, scanned before the claim         | –              | –              | –              | open      | –              | –              | –              | open
seen, scanned at the time of the claim | –              | –              | –              | open      | –              | –              | –              | open
seen, once confirmed                   | –              | –              | open           | confirmed | –              | –              | –              | open
seen, its acceptance live              | –              | –              | open           | accepted  | –              | –              | –              | open
seen, its acceptance expired           | –              | –              | open           | confirmed | –              | –              | –              | open
seen, its acceptance revoked           | –              | –              | open           | open      | –              | –              | –              | open
seen, below what was accepted          | –              | –              | open           | accepted  | –              | –              | –              | open
seen, above what was accepted          | –              | –              | open           | open      | open           | –              | –              | open
seen, suppressed                       | suppressed     | –              | –              | suppressed| –              | –              | –              | –
seen, suppressed, above accepted       | suppressed     | –              | –              | suppressed| –              | –              | –              | –
seen, suppressed by a statement        | –              | –              | open           | open      | –              | –              | –              | –
gone                                   | resolved       | resolved       | resolved       | –         | resolved       | –              | –              | resolved
confirm                                | confirmed      | –              | refused        | refused   | confirmed      | confirmed      | confirmed      | confirmed
accept-risk                            | accepted       | accepted       | accepted       | refused   | –              | accepted       | accepted       | accepted
false-positive                         | false_positive | false_positive | false_positive | refused   | false_positive | –              | false_positive | false_positive
out-of-scope                           | out_of_scope   | out_of_scope   | out_of_scope   | refused   | out_of_scope   | out_of_scope   | –              | out_of_scope
fixed                                  | fixed          | fixed          | –              | –         | fixed          | refused        | refused        | refused
reopen                                 | –              | –              | open           | open      | open           | open           | open           | confirmed
reopen, once confirmed                 | –              | –              | open           | confirmed | open           | open           | open           | confirmed
acceptance ends                        | –              | –              | –              | –         | open           | –              | –              | –
`;

const [heads = [], ...rows] = table
  .trim()
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()));
const cells = rows.flatMap(([event = "", ...row]) =>
  row.map((expected, column) => ({ event, status: heads[column + 1] as FindingStatus, expected })),
);

describe("The table of states", () => {
  test("has every state and every event", () => {
    expect(heads.slice(1)).toEqual(findingStatuses);
    expect(rows.map(([event = ""]) => event).toSorted()).toEqual(Object.keys(events).toSorted());
    expect(Object.keys(events)).toEqual(expect.arrayContaining([...decisionActions]));
    expect(cells).toHaveLength(rows.length * findingStatuses.length);
  });

  test.each(cells)("$event, in state $status: $expected", ({ event, status, expected }) => {
    const answer = events[event]?.(status) ?? null;
    expect(answer === null || answer === "unchanged" ? "–" : answer).toBe(expected);
  });

  test("has two open states", () => {
    expect(findingStatuses.filter(isOpen)).toEqual(["open", "confirmed"]);
  });
});

describe("The kind of a change of state", () => {
  test.each<[FindingStatus | null, FindingStatus | null, StatusCause, string]>([
    [null, "open", "import", "opened"],
    [null, "suppressed", "import", "suppressed"],
    ["open", "suppressed", "import", "suppressed"],
    ["confirmed", "resolved", "import", "resolved"],
    ["accepted", "resolved", "import", "resolved"],
    ["fixed", "open", "import", "reactivated"],
    ["resolved", "open", "import", "reactivated"],
    ["resolved", "confirmed", "import", "reactivated"],
    ["resolved", "accepted", "import", "reactivated"],
    ["accepted", "open", "import", "reactivated"],
    ["suppressed", "open", "import", "reactivated"],
    ["open", "confirmed", "decision", "confirmed"],
    ["suppressed", "confirmed", "decision", "confirmed"],
    ["resolved", "confirmed", "decision", "reopened"],
    ["resolved", "open", "decision", "reopened"],
    ["false_positive", "open", "decision", "reopened"],
    ["open", "accepted", "decision", "accepted"],
    ["open", "false_positive", "decision", "false-positive"],
    ["open", "out_of_scope", "decision", "out-of-scope"],
    ["confirmed", "fixed", "decision", "fixed"],
    ["accepted", "open", "expiry", "acceptance-ended"],
    ["resolved", "open", "undo", "restored"],
    ["open", "resolved", "undo", "restored"],
    ["open", null, "undo", "withdrawn"],
  ])("from %s to %s by %s: %s", (from, to, cause, kind) => {
    expect(changeKind(from, to, cause)).toBe(kind);
  });
});
