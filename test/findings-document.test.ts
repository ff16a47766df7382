import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type FindingStatus, findingStatuses } from "../packages/database/src/schema/surface/finding-words.ts";
import {
  type FindingState,
  type Sight,
  whenAcceptanceEnds,
  whenDecided,
  whenGone,
  whenSeen,
} from "../packages/database/src/surface/deciding/transitions.ts";

const text = readFileSync(new URL("../docs/FINDINGS.md", import.meta.url), "utf8");
const now = new Date("2026-11-26T00:00:00Z");
const acceptance = { maxSeverity: "medium", expiresAt: new Date("2026-11-27T00:00:00Z"), endedAt: null } as const;

type Event = (status: FindingStatus) => string | null;

const shown =
  (finding: Partial<FindingState> = {}, sight: Partial<Sight> = {}): Event =>
  (status) => {
    const plain = { lastOpen: "open", decidedAt: null, acceptance: null, ...finding, status } as const;
    return whenSeen(plain, { suppressed: false, severity: "medium", scannedAt: now, now, ...sight });
  };
const decided =
  (action: Parameters<typeof whenDecided>[0]): Event =>
  (status) => {
    const answer = whenDecided(action, status, "open");
    return typeof answer === "string" ? answer : answer.to;
  };

const events: Readonly<Record<string, Event>> = {
  "a report shows it": shown(),
  'a scan from before "fixed" shows it': shown({ decidedAt: now }),
  "shown, and was confirmed once": shown({ lastOpen: "confirmed" }),
  "shown, and its acceptance still holds": shown({ acceptance }),
  "shown, worse than what was accepted": shown({ acceptance }, { severity: "high" }),
  "shown, suppressed by a statement": shown({ stated: true }),
  "a report shows it as suppressed": shown({}, { suppressed: true }),
  "a scan that may say so shows it no more": whenGone,
  "its acceptance ends": whenAcceptanceEnds,
  "somebody confirms it": decided("confirm"),
  "somebody accepts the risk": decided("accept-risk"),
  "somebody calls it a false positive": decided("false-positive"),
  "somebody calls it out of scope": decided("out-of-scope"),
  "somebody says that it is fixed": decided("fixed"),
  "somebody reopens it": decided("reopen"),
};

const cellsOf = (line: string) =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
const lines = text.split("\n").filter((line) => line.startsWith("|"));
const head = lines.findIndex((line) => line.startsWith("| what happens"));
const rows = lines.slice(head + 2, head + 2 + Object.keys(events).length).map(cellsOf);

test("the table of states in FINDINGS.md has every state and every event", () => {
  expect(cellsOf(lines[head] ?? "").slice(1)).toEqual([...findingStatuses]);
  expect(rows.map(([event]) => event)).toEqual(Object.keys(events));
});

test.each(rows)("in FINDINGS.md, what follows when %s is what the code does", (event, ...cells) => {
  const answers = findingStatuses.map((status) => events[event]?.(status) ?? null);
  expect(cells).toEqual(answers.map((answer) => (answer === null || answer === "unchanged" ? "–" : answer)));
});

test("FINDINGS.md says what each state means", () => {
  for (const status of findingStatuses) expect(text).toMatch(new RegExp(`^\\| \`${status}\` +\\| \\S`, "m"));
});
