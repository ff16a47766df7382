import type { Database } from "../../src/database/handle.ts";
import { countFindings, listFindings, topAssets, topRules } from "../../src/surface/index.ts";
import { againstLimit, p99, type Result } from "../compare.ts";
import type { Filled } from "./fill-findings.ts";

type ListInput = Parameters<typeof listFindings>[1];

function listsOf({ companyId, userId }: Filled): Readonly<Record<string, ListInput>> {
  const open = { companyId, open: true } as const;
  return {
    "open, by risk": open,
    "of a severity": { ...open, severity: "high" },
    "of a source": { ...open, source: "trivy" },
    "of a source and a severity": { ...open, source: "zap", severity: "low" },
    "of an asset": { ...open, assetId: 7 },
    "of a rule": { ...open, ruleId: 7 },
    newest: { ...open, sort: "newest" },
    "resolved, by change": { companyId, status: "resolved", sort: "changed" },
    overdue: { companyId, overdue: true, sort: "due" },
    "assigned to a user": { ...open, assignedTo: userId },
    "of a CVE": { ...open, cve: "CVE-2026-10040" },
    "that a search finds": { ...open, search: "number 4711" },
  };
}

const pages = 200;
const mostMs = 20;

/** Times page after page of a list, from its beginning again when it ends. */
async function timePages(db: Database, input: ListInput): Promise<number[]> {
  const times: number[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < pages; page += 1) {
    const started = performance.now();
    const found: { nextCursor: string | null } = await listFindings(db, {
      ...input,
      limit: 50,
      ...(cursor === null ? {} : { cursor }),
    });
    times.push(performance.now() - started);
    cursor = found.nextCursor;
  }
  return times;
}

type CountInput = Parameters<typeof countFindings>[1];

function countsOf({ companyId, userId }: Filled): Readonly<Record<string, CountInput>> {
  const open = { companyId, open: true } as const;
  return {
    "all open ones": open,
    "of a severity and a source": { ...open, severity: "high", source: "zap" },
    "of an asset": { ...open, assetId: 7 },
    "of a rule": { ...open, ruleId: 7 },
    "assigned to a user": { ...open, assignedTo: userId },
    "that a search finds": { ...open, search: "number 4711" },
  };
}

async function timeCalls(call: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let turn = 0; turn < pages; turn += 1) {
    const started = performance.now();
    await call();
    times.push(performance.now() - started);
  }
  return times;
}

/** Measures how long pages of every list, and every count, take among many findings. */
export async function timeFindingLists(db: Database, filled: Filled, among: string): Promise<Result[]> {
  const { companyId } = filled;
  const timed: [string, () => Promise<number[]>][] = [
    ...Object.entries(listsOf(filled)).map(([name, input]): [string, () => Promise<number[]>] => [
      `listFindings ${name}`,
      () => timePages(db, input),
    ]),
    ...Object.entries(countsOf(filled)).map(([name, input]): [string, () => Promise<number[]>] => [
      `countFindings ${name}`,
      () => timeCalls(() => countFindings(db, input)),
    ]),
    ["topAssets", () => timeCalls(() => topAssets(db, { companyId }))],
    ["topRules", () => timeCalls(() => topRules(db, { companyId }))],
  ];
  const results: Result[] = [];
  for (const [name, time] of timed) {
    const measured = p99(await time());
    const operation = `${name}, p99 ${among}`;
    results.push(againstLimit({ operation, engine: db.engine, measured, limit: mostMs, unit: " ms" }));
  }
  return results;
}
