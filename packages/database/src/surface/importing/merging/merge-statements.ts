import { type Asset, assetKey, type FindingRecord, packageNames, type ScanRecord } from "@nerve/formats";
import { anyTable } from "../../../database/any-table.ts";
import type { Transaction } from "../../../database/handle.ts";
import { fetchAll } from "../../../database/statement.ts";
import { changeRow } from "../../../rows/change-row.ts";
import type { AssetStatus } from "../../../schema/surface/assets.ts";
import { findings as findingTable } from "../../../schema/surface/findings.ts";
import type { FindingChange } from "../../changes/finding-change.ts";
import { columnsOfStatus } from "../../deciding/columns-of-status.ts";
import { changeKind } from "../../deciding/change-kind.ts";
import type { FindingStatus } from "../../deciding/statuses.ts";
import { whenSeen } from "../../deciding/transitions.ts";
import type { ImportRun } from "../running/import-run.ts";
import type { JournalEntry } from "../journal.ts";
import { areOneOf, inKeyLists } from "../key-lists.ts";
import { findingColumns, findStates, type KnownFinding, statedBy } from "./known-findings.ts";
import type { Merging } from "./merge-slice.ts";
import { journalOf, urgencyOf } from "./update-finding.ts";

/** What a report states of a vulnerability in a package. */
interface Statement {
  readonly ids: readonly string[];
  readonly packages: ReadonlySet<string>;
  /** Null where it speaks of all. */
  readonly versions: ReadonlySet<string> | null;
  /** Keys of the asset that it speaks of, whichever its kind; null where nothing says which. */
  readonly assets: ReadonlySet<string> | null;
  readonly suppresses: boolean;
  readonly reason: string | null;
}

/** A finding that statements may be about. */
type Candidate = KnownFinding & {
  readonly source: string;
  readonly assetKey: string;
  readonly assetStatus: AssetStatus;
  readonly criticality: number;
};

interface Place {
  readonly component: string | null;
  readonly version: string | null;
}

/**
 * Applies what a report states of findings that others opened: of the same vulnerability in the same package and version, on the asset
 * that the report or the caller names, or on any where neither does. What is stated to be none is suppressed once that holds for each of
 * its places; what was suppressed so comes back when it is stated to count after all. Nothing is opened by it.
 */
export async function mergeStatements(
  tx: Transaction,
  run: ImportRun,
  records: readonly ScanRecord[],
  merging: Merging,
): Promise<{ changes: readonly FindingChange[]; journal: readonly JournalEntry[] }> {
  const statements = records.flatMap((record) =>
    record.kind === "finding" && record.statement === true ? [statementOf(record, merging.preparing)] : [],
  );
  if (statements.length === 0) return { changes: [], journal: [] };
  const named = await findNamed(tx, run, new Set(statements.flatMap(({ ids }) => ids)));
  const candidates = await findCandidates(tx, run, named.keys());
  const places = await findPlaces(tx, named.keys());
  const states = await findStates(tx, candidates);
  const byId = Map.groupBy(
    statements.flatMap((statement) => statement.ids.map((id) => ({ id, statement }))),
    ({ id }) => id,
  );
  const matched = new Set<Statement>();
  const changes: FindingChange[] = [];
  const journal: JournalEntry[] = [];
  for (const known of candidates) {
    const about = [...(named.get(known.id) ?? [])]
      .flatMap((id) => byId.get(id) ?? [])
      .map(({ statement }) => statement)
      .filter(({ assets }) => assets === null || assets.has(known.assetKey));
    const verdict = judge(places.get(known.id) ?? [], about, matched);
    const state = states.get(known.id);
    if (verdict === null || state === undefined) continue;
    const { suppressed, reason } = verdict;
    // A tool's own word is not taken back by somebody else's.
    if (!suppressed && (known.status !== "suppressed" || state.stated !== true)) continue;
    const sight = { suppressed, severity: known.severity, scannedAt: run.scannedAt, now: run.now };
    const to = whenSeen({ ...state, stated: false }, sight);
    if (suppressed && (to ?? known.status) === "suppressed") run.suppressed.set(known.id, reason);
    if (to === null) continue;
    const entry = await applyStatement(tx, run, known, { to, reason, policies: merging.policies });
    changes.push(entry.change);
    journal.push(entry.journal);
  }
  run.counts.statements.matched += matched.size;
  run.counts.statements.unmatched += statements.length - matched.size;
  return { changes, journal };
}

function statementOf(record: FindingRecord, { target, targetName }: Merging["preparing"]): Statement {
  const [type = "", name = ""] = record.context;
  const versions = record.locations.flatMap(({ version = "" }) => (version === "" ? [] : [version]));
  return {
    ids: [...new Set([record.rule.key, ...record.ids])],
    // What is named by no package URL is nobody else's name.
    packages: new Set(type === "" || name === "" ? [] : packageNames({ type, name })),
    versions: versions.length === 0 ? null : new Set(versions),
    assets: assetsOf(record.asset, target, targetName),
    suppresses: record.state === "suppressed",
    reason: record.reason?.slice(0, 1000) ?? null,
  };
}

function assetsOf(subject: Asset, target: Asset | null, targetName: string | null): ReadonlySet<string> | null {
  const name = targetName ?? ("name" in subject ? subject.name : "");
  if (name === "") return null;
  const kinds = ["repository", "image", "resource"] as const;
  return new Set([
    ...kinds.map((kind) => assetKey({ kind, name })),
    ...(targetName === null || target === null ? [] : [assetKey(target)]),
  ]);
}

/** Finds the findings that are known by some names of vulnerabilities, and by which. */
async function findNamed(
  tx: Transaction,
  { companyId }: ImportRun,
  ids: ReadonlySet<string>,
): Promise<Map<number, Set<string>>> {
  const named = new Map<number, Set<string>>();
  const add = (findingId: number, id: string) => named.set(findingId, (named.get(findingId) ?? new Set()).add(id));
  for (const some of inKeyLists(ids)) {
    const query = tx.sql
      .selectFrom("finding_cves")
      .select(["finding_id", "cve"])
      .where("company_id", "=", companyId)
      .where("cve", "in", some);
    for (const { findingId, cve } of await fetchAll(tx, query)) add(findingId, cve);
  }
  const sources = await fetchAll(
    tx,
    tx.sql.selectFrom("finding_counts").select("source").distinct().where("company_id", "=", companyId),
  );
  const keys = sources.flatMap(({ source }) => Array.from(ids, (id) => [companyId, source, id] as const));
  for (const some of inKeyLists(keys)) {
    const query = tx.sql
      .selectFrom("findings")
      .innerJoin("finding_rules", "finding_rules.id", "findings.rule_id")
      .select(["findings.id", "finding_rules.key"])
      .where(areOneOf(["finding_rules.company_id", "finding_rules.source", "finding_rules.key"], some));
    for (const { id, key } of await fetchAll(tx, query)) add(id, key);
  }
  return named;
}

async function findCandidates(
  tx: Transaction,
  { companyId }: ImportRun,
  ids: Iterable<number>,
): Promise<readonly Candidate[]> {
  const found: Candidate[] = [];
  for (const some of inKeyLists(ids)) {
    const query = anyTable(tx)
      .selectFrom("findings")
      .innerJoin("assets", "assets.id", "findings.asset_id")
      .select(findingColumns.map((column) => `findings.${column}`))
      .select(["findings.source", "assets.key as asset_key", "assets.status as asset_status", "assets.criticality"])
      .where("findings.company_id", "=", companyId)
      .where("findings.id", "in", some)
      .orderBy("findings.id");
    found.push(...((await fetchAll(tx, query)) as unknown as Candidate[]));
  }
  return found;
}

/** Finds where findings are at present. */
async function findPlaces(tx: Transaction, ids: Iterable<number>): Promise<Map<number, Place[]>> {
  const found: (Place & { readonly findingId: number })[] = [];
  for (const some of inKeyLists(ids)) {
    const query = tx.sql
      .selectFrom("finding_locations")
      .select(["finding_id", "component", "version"])
      .where("finding_id", "in", some)
      .where("present", "=", true);
    found.push(...(await fetchAll(tx, query)));
  }
  return Map.groupBy(found, ({ findingId }) => findingId);
}

/** What statements come to for a finding at these places; null where they say nothing of it, or not of all that is there. */
function judge(
  places: readonly Place[],
  about: readonly Statement[],
  matched: Set<Statement>,
): { suppressed: boolean; reason: string | null } | null {
  const ofPlaces = places.map((place) => about.filter((statement) => speaksOf(statement, place)));
  for (const statement of ofPlaces.flat()) matched.add(statement);
  if (ofPlaces.flat().some(({ suppresses }) => !suppresses)) return { suppressed: false, reason: null };
  const isWhole = ofPlaces.length > 0 && ofPlaces.every(({ length }) => length > 0);
  return isWhole ? { suppressed: true, reason: ofPlaces[0]?.[0]?.reason ?? null } : null;
}

function speaksOf({ packages, versions }: Statement, { component, version }: Place): boolean {
  return component !== null && packages.has(component) && (versions === null || versions.has(version ?? ""));
}

async function applyStatement(
  tx: Transaction,
  run: ImportRun,
  known: Candidate,
  { to, reason, policies }: { to: FindingStatus; reason: string | null } & Pick<Merging, "policies">,
): Promise<{ change: FindingChange; journal: JournalEntry }> {
  const { id: findingId, assetId, ruleId, source, status, severity, criticality, assetStatus } = known;
  const asset = { id: assetId, criticality, ownStatus: assetStatus };
  const fields = {
    ...columnsOfStatus(to, run.now),
    statusReason: reason,
    ...urgencyOf(run, { known, asset }, { status: to, severity }, { policies }),
  };
  await changeRow(tx, findingTable, findingId, fields);
  const from = { status, severity, exploited: known.knownExploited };
  const stated = to === "suppressed" ? { fields: { [statedBy]: { old: null, new: run.importId } } } : {};
  return {
    change: {
      findingId,
      assetId,
      ruleId,
      source,
      kind: changeKind(status, to, "import"),
      from,
      to: { ...from, status: to },
      reason,
      ...stated,
    },
    journal: journalOf(known, fields),
  };
}
