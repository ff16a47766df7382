import { after, day } from "../../src/database/durations.ts";
import type { Database } from "../../src/database/handle.ts";
import { transaction } from "../../src/database/transaction.ts";
import { createCompany, createUser } from "../../src/identity/index.ts";
import { insertMany } from "../../src/rows/insert-many.ts";
import type { NewRow } from "../../src/schema/kit/index.ts";
import { assets, severities } from "../../src/schema/surface/assets.ts";
import { findingStatuses } from "../../src/schema/surface/finding-words.ts";
import { findingCves, findingLocations, findingRules, findings } from "../../src/schema/surface/findings.ts";
import { findingCounts } from "../../src/schema/surface/triage.ts";
import { riskOf } from "../../src/surface/deciding/risk-of.ts";
import { isOpen } from "../../src/surface/deciding/statuses.ts";

const rowsOfBatch = 10_000;
const assetCount = 2000;
const ruleCount = 5000;
const sources = ["nuclei", "trivy", "zap", "semgrep", "nessus"];
const statuses = findingStatuses.filter((status) => status !== "accepted");

/** A company that was filled, and one of its users, to whom a fiftieth of its findings is assigned. */
export interface Filled {
  readonly companyId: number;
  readonly userId: number;
}

type Finding = NewRow<typeof findings>;

/** The tool that has a rule. */
const sourceOf = (ruleId: number) => sources[ruleId % sources.length] ?? "nuclei";

/** Two of three are open, and the others rotate through the closed states, severities and sources. */
function findingOf(number: number, { companyId, userId }: Filled, now: Date): Finding & { id: number } {
  // A prime, so that what rotates together elsewhere does not here.
  const mixed = (number * 7919) % 1_000_003;
  const status = mixed % 3 === 0 ? (statuses[mixed % statuses.length] ?? "open") : "open";
  const severity = severities[mixed % severities.length] ?? "info";
  const openedAt = after(now, -(mixed % 400) * day);
  const knownExploited = mixed % 200 === 0;
  return {
    companyId,
    id: number,
    assetId: 1 + (mixed % assetCount),
    ruleId: 1 + (number % ruleCount),
    source: sourceOf(1 + (number % ruleCount)),
    contextKey: String(number),
    contentHash: String(number),
    title: `Finding ${number}`,
    severity,
    reportedSeverity: severity,
    status,
    isOpen: isOpen(status),
    knownExploited,
    risk: riskOf({ severity, exploited: knownExploited, epss: (mixed % 100) / 100, criticality: 2 }),
    assignedToUserId: mixed % 50 === 0 ? userId : null,
    openedAt,
    changedAt: openedAt,
    dueAt: isOpen(status) ? after(openedAt, 200 * day) : null,
    resolvedAt: status === "resolved" ? now : null,
  };
}

/** A host of each asset, and a check of each rule. */
async function fillOwners(db: Database, { companyId }: Filled): Promise<void> {
  const now = db.clock.now();
  const seen = { companyId, kind: "host", firstSeenAt: now, lastSeenAt: now } as const;
  const hosts = Array.from({ length: assetCount }, (_, index) => {
    const name = `h${index + 1}.lists.bench.example`;
    return { ...seen, id: index + 1, key: name, name };
  });
  const rules = Array.from({ length: ruleCount }, (_, index) => ({
    companyId,
    id: index + 1,
    source: sourceOf(index + 1),
    key: `rule-${index + 1}`,
    kind: "vulnerability" as const,
    title: `Weakness number ${index + 1}`,
    contentHash: String(index + 1),
  }));
  await transaction(db, async (tx) => {
    await insertMany(tx, assets, hosts);
    await insertMany(tx, findingRules, rules);
  });
}

/** Each finding has a place, and every twentieth a CVE. */
async function insertFindings(db: Database, { companyId }: Filled, rows: readonly (Finding & { id: number })[]) {
  const now = db.clock.now();
  const seen = { companyId, seriesId: 1, firstImportId: 1, lastImportId: 1, firstSeenAt: now, lastSeenAt: now };
  const places = rows.map(({ id }) => ({
    ...seen,
    findingId: id,
    kind: "url" as const,
    url: `https://h${id % assetCount}.lists.bench.example/page/${id}`,
    locatorKey: String(id),
    contentHash: String(id),
  }));
  const known = rows.filter(({ id }) => id % 20 === 0);
  const cves = known.map(({ id }) => ({ companyId, findingId: id, cve: `CVE-2026-${10_000 + (id % 5000)}` }));
  await transaction(db, async (tx) => {
    await insertMany(tx, findings, rows);
    await insertMany(tx, findingLocations, places);
    await insertMany(tx, findingCves, cves);
  });
}

/** Counts as the changes of findings do, and tells the planner what there is. */
async function finish(db: Database, counts: readonly NewRow<typeof findingCounts>[]): Promise<void> {
  const openOf = (column: string, owner: string) =>
    `(SELECT count(*) FROM findings WHERE findings.${column} = ${owner}.id AND findings.is_open)`;
  await transaction(db, async (tx) => {
    for (const table of [assets, findingRules, findings]) await tx.connection.dialect.continueIds(tx.executor, table);
    await insertMany(tx, findingCounts, counts);
    await tx.executor.script(`UPDATE assets SET open_findings = ${openOf("asset_id", "assets")};
      UPDATE finding_rules SET open_findings = ${openOf("rule_id", "finding_rules")};
      ANALYZE`);
  });
}

/** Fills a company of a database that has no findings yet with findings, by direct writes of rows. */
export async function fillFindings(db: Database, count: number): Promise<Filled> {
  const company = await createCompany(db, { name: "Lists", primaryDomain: "lists.bench.example" });
  const user = await createUser(db, {
    companyId: company.id,
    email: "analyst@lists.bench.example",
    password: "moon river dance seven",
    role: "analyst",
  });
  const filled = { companyId: company.id, userId: user.id };
  const { companyId } = filled;
  await fillOwners(db, filled);
  const now = db.clock.now();
  const counts = new Map<string, NewRow<typeof findingCounts> & { findings: number }>();
  for (let from = 1; from <= count; from += rowsOfBatch) {
    const length = Math.min(rowsOfBatch, count - from + 1);
    const rows = Array.from({ length }, (_, index) => findingOf(from + index, filled, now));
    for (const { source, severity, status = "open", knownExploited: exploited = false } of rows) {
      const key = JSON.stringify([source, severity, status, exploited]);
      const known = counts.get(key);
      if (known === undefined) counts.set(key, { companyId, source, severity, status, exploited, findings: 1 });
      else known.findings += 1;
    }
    await insertFindings(db, filled, rows);
  }
  await finish(db, [...counts.values()]);
  return filled;
}
