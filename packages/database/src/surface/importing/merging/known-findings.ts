import { anyTable } from "../../../database/any-table.ts";
import type { Transaction } from "../../../database/handle.ts";
import { fetchAll } from "../../../database/statement.ts";
import type { Severity } from "../../../schema/surface/assets.ts";
import { type FindingStatus, isOpen, type OpenStatus } from "../../deciding/statuses.ts";
import type { FindingState } from "../../deciding/transitions.ts";
import type { ImportRun } from "../running/import-run.ts";
import { areOneOf, inKeyLists } from "../key-lists.ts";

/** A finding as the import needs it. */
export interface KnownFinding {
  readonly id: number;
  readonly assetId: number;
  readonly ruleId: number;
  readonly contextKey: string;
  readonly ordinal: number;
  readonly toolKey: string | null;
  readonly title: string;
  readonly severity: Severity;
  readonly reportedSeverity: Severity;
  readonly severityOverridden: boolean;
  readonly score: number | null;
  readonly vector: string | null;
  readonly status: FindingStatus;
  readonly statusReason: string | null;
  readonly knownExploited: boolean;
  readonly epss: number | null;
  readonly risk: number;
  readonly riskAcceptanceId: number | null;
  readonly openedAt: Date;
  readonly changedAt: Date;
  readonly dueAt: Date | null;
  readonly resolvedAt: Date | null;
  readonly firstImportId: number | null;
  readonly contentHash: string;
  readonly findingKind: string;
}

export const findingColumns = [
  "id",
  "asset_id",
  "rule_id",
  "context_key",
  "ordinal",
  "tool_key",
  "title",
  "severity",
  "reported_severity",
  "severity_overridden",
  "score",
  "vector",
  "status",
  "status_reason",
  "known_exploited",
  "epss",
  "risk",
  "risk_acceptance_id",
  "opened_at",
  "changed_at",
  "due_at",
  "resolved_at",
  "first_import_id",
  "content_hash",
  "finding_kind",
] as const;

/** By what a finding of a report may be known. */
export interface FindingKeys {
  readonly assetId: number;
  readonly ruleId: number;
  readonly contextKey: string;
  readonly toolKey: string | null;
}

/** Finds the findings that some of a report may be: those of its contexts, and those that its tool has the same name for. */
export async function findKnownFindings(
  tx: Transaction,
  keys: readonly FindingKeys[],
): Promise<Map<number, KnownFinding>> {
  const contexts = new Map(
    keys.map(({ assetId, ruleId, contextKey }) => [
      `${assetId} ${ruleId} ${contextKey}`,
      [assetId, ruleId, contextKey] as const,
    ]),
  );
  const named = keys.flatMap(({ assetId, toolKey }) => (toolKey === null ? [] : [[assetId, toolKey] as const]));
  const names = new Map(named.map((key) => [key.join(" "), key]));
  const found = new Map<number, KnownFinding>();
  const add = async (columns: readonly string[], some: readonly (readonly (number | string)[])[]) => {
    const query = anyTable(tx).selectFrom("findings").select(findingColumns).where(areOneOf(columns, some));
    for (const row of (await fetchAll(tx, query)) as unknown as KnownFinding[]) found.set(row.id, row);
  };
  for (const some of inKeyLists(contexts.values())) await add(["asset_id", "rule_id", "context_key"], some);
  for (const some of inKeyLists(names.values())) await add(["asset_id", "tool_key"], some);
  return found;
}

/** A place of a known finding that this series saw. */
export interface KnownLocation {
  readonly id: number;
  readonly findingId: number;
  readonly locatorKey: string;
  readonly startLine: number | null;
  readonly contentHash: string;
  readonly occurrences: number;
  readonly present: boolean;
  readonly lastImportId: number;
}

/** Finds the places that a series saw of findings, by finding. */
export async function findKnownLocations(
  tx: Transaction,
  { seriesId }: ImportRun,
  findingIds: Iterable<number>,
): Promise<Map<number, KnownLocation[]>> {
  const rows: KnownLocation[] = [];
  for (const some of inKeyLists(findingIds)) {
    const query = tx.sql
      .selectFrom("finding_locations")
      .select([
        "id",
        "finding_id",
        "locator_key",
        "start_line",
        "content_hash",
        "occurrences",
        "present",
        "last_import_id",
      ])
      .where("series_id", "=", seriesId)
      .where("finding_id", "in", some);
    rows.push(...(await fetchAll(tx, query)));
  }
  return Map.groupBy(rows, ({ findingId }) => findingId);
}

/** What the rules of states have to know of findings, by finding; only what is not plainly open takes looking up. */
export async function findStates(
  tx: Transaction,
  findings: readonly KnownFinding[],
): Promise<Map<number, FindingState>> {
  const acceptances = await findAcceptances(tx, findings);
  const pasts = await findPasts(
    tx,
    findings.filter(({ status }) => ["resolved", "fixed", "suppressed"].includes(status)),
  );
  return new Map(
    findings.map(({ id, status, riskAcceptanceId }) => {
      const { lastOpen = "open", decidedAt = null, stated = false } = pasts.get(id) ?? {};
      const acceptance = riskAcceptanceId === null ? null : (acceptances.get(riskAcceptanceId) ?? null);
      return [id, { status, lastOpen, decidedAt, acceptance, stated }];
    }),
  );
}

async function findAcceptances(tx: Transaction, findings: readonly KnownFinding[]) {
  const ids = new Set(findings.flatMap(({ riskAcceptanceId }) => riskAcceptanceId ?? []));
  const found = new Map<number, NonNullable<FindingState["acceptance"]>>();
  for (const some of inKeyLists(ids)) {
    const query = tx.sql
      .selectFrom("risk_acceptances")
      .select(["id", "max_severity", "expires_at", "ended_at"])
      .where("id", "in", some);
    for (const { id, ...acceptance } of await fetchAll(tx, query)) found.set(id, acceptance);
  }
  return found;
}

interface Past {
  /** The open state that it had last. */
  lastOpen?: OpenStatus;
  /** When somebody said last that it is fixed. */
  decidedAt?: Date;
  stated?: boolean;
}

/** The field of a change that a statement made, which names its import. */
export const statedBy = "statedByImportId";

/** Looks up what findings were, by their history; what an import did that was taken back, and its undo, have never been. */
export async function findPasts(
  tx: Transaction,
  findings: readonly Pick<KnownFinding, "id">[],
): Promise<Map<number, Past>> {
  const pasts = new Map<number, Past>();
  for (const some of inKeyLists(findings.map(({ id }) => id))) {
    const query = tx.sql
      .selectFrom("finding_history")
      .innerJoin("finding_change_sets", "finding_change_sets.id", "finding_history.change_set_id")
      .leftJoin("scan_imports", "scan_imports.id", "finding_change_sets.import_id")
      .select(["finding_id", "from_status", "to_status", "finding_history.changes", "finding_history.at"])
      .where("finding_id", "in", some)
      .where((eb) => eb.or([eb("scan_imports.id", "is", null), eb("scan_imports.status", "<>", "undone")]))
      .orderBy("finding_id")
      .orderBy("finding_history.id");
    for (const { findingId, fromStatus, toStatus, changes, at } of await fetchAll(tx, query)) {
      const past = pasts.get(findingId) ?? {};
      for (const status of [fromStatus, toStatus]) if (status !== null && isOpen(status)) past.lastOpen = status;
      // What rates a finding anew says nothing of its state.
      if (toStatus !== fromStatus) {
        if (toStatus === "fixed") past.decidedAt = at;
        past.stated = changes !== null && statedBy in (changes as object);
      }
      pasts.set(findingId, past);
    }
  }
  return pasts;
}
