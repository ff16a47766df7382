import type { Transaction } from "../../../database/handle.ts";
import { fetchAll } from "../../../database/statement.ts";
import { findings as findingTable } from "../../../schema/surface/findings.ts";
import type { FindingStatus } from "../../deciding/statuses.ts";
import { type FindingState, type Sight, whenGone, whenSeen } from "../../deciding/transitions.ts";
import { type JournalEntry, revived } from "../journal.ts";
import { findStates, type KnownFinding } from "../merging/known-findings.ts";
import type { SeenSince } from "./seen-since.ts";
import type { Undo } from "./undo.ts";

/** Old values of a finding. */
export type FormerValues = { -readonly [Name in keyof KnownFinding]?: KnownFinding[Name] } & { isOpen?: boolean };

/** What a finding is to be once an import was taken back. */
export interface Former {
  /** The old values that it gets back. */
  readonly before: FormerValues;
  readonly status: FindingStatus;
}

/** What an import did to findings, and others since. */
interface Since {
  readonly olds: ReadonlyMap<number, JournalEntry["before"]>;
  readonly seen: ReadonlyMap<number, SeenSince>;
}

/**
 * Finds what findings are to be without an import: what they were before it, as far as nobody has seen them otherwise since, in the state
 * that agrees with the places that are left.
 */
export async function findFormers(
  tx: Transaction,
  undo: Undo,
  findings: readonly KnownFinding[],
  { olds, seen }: Since,
): Promise<Map<number, Former>> {
  const ids = findings.map(({ id }) => id);
  const valuesOf = (id: number): FormerValues => revived(findingTable, olds.get(id) ?? {});
  const before = findings.map((finding) => ({ ...finding, ...valuesOf(finding.id) }));
  const states = await findStates(
    tx,
    before.filter(({ id }) => seen.has(id)),
  );
  const places = await findPlaces(tx, undo, ids);
  const unresolved = await findUnresolved(tx, ids);
  return new Map(
    findings.map((finding) => {
      const { id } = finding;
      const values = valuesOf(id);
      const former = values.status ?? finding.status;
      const sight = seen.get(id);
      const state = states.get(id);
      // What others saw last, though they no longer see it.
      const known = finding.status === "resolved" ? (unresolved.get(id) ?? finding.status) : finding.status;
      const isOther = former !== finding.status;
      const suppressed = known === "suppressed";
      const shown =
        sight && state && isOther
          ? seenOnly(state, { suppressed, severity: finding.severity, scannedAt: sight.at, now: tx.clock.now() })
          : former;
      const kept = sight === undefined ? values : shown === finding.status ? {} : stateOnly(values);
      const status = settled(shown, places.get(id), unresolved.get(id));
      return [id, { before: kept, status }];
    }),
  );
}

/** What others saw of a finding since makes this of its former state. */
function seenOnly(former: FindingState, sight: Sight): FindingStatus {
  return whenSeen(former, sight) ?? former.status;
}

const stateColumns = new Set(["status", "isOpen", "statusReason", "dueAt", "changedAt", "resolvedAt"]);

function stateOnly(values: FormerValues): FormerValues {
  return Object.fromEntries(Object.entries(values).filter(([name]) => stateColumns.has(name)));
}

/** What is left of the places of a finding. */
interface Places {
  readonly isPresent: boolean;
  /** Whether another series no longer saw one, since the import. */
  readonly isLost: boolean;
}

/** The state that agrees with the places, as far as others have lost them since or they are there again. */
function settled(
  status: FindingStatus,
  { isPresent, isLost }: Places = { isPresent: false, isLost: false },
  unresolved: FindingStatus = "open",
): FindingStatus {
  if (isPresent) return status === "resolved" ? unresolved : status;
  return isLost ? (whenGone(status) ?? status) : status;
}

async function findPlaces(tx: Transaction, { importId }: Undo, ids: readonly number[]): Promise<Map<number, Places>> {
  const query = tx.sql
    .selectFrom("finding_locations")
    .select(["finding_id", "present", "gone_import_id"])
    .where("finding_id", "in", ids);
  const found = new Map<number, Places>();
  for (const { findingId, present, goneImportId } of await fetchAll(tx, query)) {
    const { isPresent = false, isLost = false } = found.get(findingId) ?? {};
    const isLostNow = goneImportId !== null && goneImportId > importId;
    found.set(findingId, { isPresent: isPresent || present, isLost: isLost || isLostNow });
  }
  return found;
}

/** What findings were before they were resolved the last time. */
async function findUnresolved(tx: Transaction, ids: readonly number[]): Promise<Map<number, FindingStatus>> {
  const query = tx.sql
    .selectFrom("finding_history")
    .select(["finding_id", "from_status"])
    .where("finding_id", "in", ids)
    .where("to_status", "=", "resolved")
    .where("from_status", "<>", "resolved")
    .orderBy("finding_id")
    .orderBy("id");
  const found = new Map<number, FindingStatus>();
  for (const { findingId, fromStatus } of await fetchAll(tx, query))
    if (fromStatus !== null) found.set(findingId, fromStatus);
  return found;
}
