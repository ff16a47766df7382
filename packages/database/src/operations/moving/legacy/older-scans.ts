import { anyTable } from "../../../database/any-table.ts";
import type { Transaction } from "../../../database/handle.ts";
import { fetchAll } from "../../../database/statement.ts";
import type { ScanKind } from "../../../scans/feeding/read-scan.ts";

/** A table of which each row is a scan, by what its columns are called. */
interface Place {
  readonly kind: ScanKind;
  readonly target: string;
  readonly time: string;
  /** Where its scanner named it. */
  readonly name: string | null;
  readonly results: string;
  /** It is a copy for display: it adds, and closes nothing. */
  readonly partial: boolean;
}

/** In the order in which scans of one moment are taken: the whole ones first. */
const places: Readonly<Record<string, Place>> = {
  xasm_scan_history: {
    kind: "xasm",
    target: "target",
    time: "timestamp",
    name: "scan_id",
    results: "results_json",
    partial: false,
  },
  lightbox_scan_history: {
    kind: "lightbox",
    target: "target",
    time: "timestamp",
    name: "scan_id",
    results: "results_json",
    partial: false,
  },
  cached_asm_scans: {
    kind: "xasm",
    target: "domain",
    time: "scanned_at",
    name: null,
    results: "scan_results",
    partial: true,
  },
  lightbox_scans: {
    kind: "lightbox",
    target: "domain",
    time: "scanned_at",
    name: null,
    results: "findings",
    partial: true,
  },
};
const singleFindings = "lightbox_findings";
const order = [...Object.keys(places), singleFindings];

/** A scan of the older system. */
export interface OlderScan {
  readonly table: string;
  readonly kind: ScanKind;
  /** The column that holds what it found. */
  readonly column: string;
  /** The row; of several the first. */
  readonly id: number;
  readonly target: string;
  readonly name: string | null;
  readonly ownerId: number | null;
  readonly at: Date | null;
  readonly partial: boolean;
  /** Its results; null where it has none. */
  readonly read: (tx: Transaction) => Promise<object | null>;
}

/** Finds the scans that were imported and that nobody deleted, in the order of their times. */
export async function findOlderScans(tx: Transaction): Promise<OlderScan[]> {
  const whole: OlderScan[] = [];
  for (const [table, place] of Object.entries(places)) whole.push(...(await findIn(tx, table, place)));
  const found = [...whole, ...(await findSingleFindings(tx, whole))];
  return found.toSorted((one, other) => compareKeys(sortKey(one), sortKey(other)));
}

/** Those of unknown time come first, so that they take nothing back. */
const sortKey = ({ at, table, id }: OlderScan) => [at?.getTime() ?? 0, order.indexOf(table), id];

function compareKeys(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((part, index) => part !== other[index]);
  return at === -1 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}

type Listed = Pick<OlderScan, "id" | "target" | "ownerId" | "at"> & { readonly name?: string };

async function findIn(tx: Transaction, table: string, place: Place): Promise<OlderScan[]> {
  const { kind, results: column, partial } = place;
  const query = anyTable(tx)
    .selectFrom(table)
    .select(["id", `${place.target} as target`, "user_id as owner_id", `${place.time} as at`])
    .select(place.name === null ? [] : [`${place.name} as name`])
    .where("deleted_at", "is", null);
  const listed = (await fetchAll(tx, query)) as unknown as Listed[];
  return listed.map((row) => {
    const read = (handle: Transaction) => readResults(handle, { table, column, id: row.id });
    return { name: null, ...row, table, kind, column, partial, read };
  });
}

async function readResults(
  tx: Transaction,
  { table, column, id }: { table: string; column: string; id: number },
): Promise<object | null> {
  const query = anyTable(tx).selectFrom(table).select(`${column} as results`).where("id", "=", id);
  const [row] = (await fetchAll(tx, query)) as unknown as { results: unknown }[];
  const results = row?.results ?? null;
  // A flat list, which `lightbox_scans` holds, or an object as scanners give it.
  if (Array.isArray(results)) return scanOf(results);
  return typeof results === "object" ? results : null;
}

const scanOf = (findings: readonly unknown[]) => ({ status: "completed", findings });

/** Rows that somebody's scan brought together are one scan. */
async function findSingleFindings(tx: Transaction, whole: readonly OlderScan[]): Promise<OlderScan[]> {
  const query = tx.sql
    .selectFrom(singleFindings)
    .select(["id", "asset", "scan_id", "user_id", "discovered_at"])
    .where("deleted_at", "is", null)
    .orderBy("id");
  const rows = (await fetchAll(tx, query)).map((row) => ({ ...row, target: targetOf(row, whole) }));
  const groups = Map.groupBy(rows, ({ userId, scanId, target }) => JSON.stringify([userId, scanId, target]));
  return [...groups.values()].map((group) => {
    const [{ id, target, scanId: name, userId: ownerId }] = group as [(typeof rows)[number]];
    const ids = group.map((row) => row.id);
    const times = group.flatMap(({ discoveredAt }) => discoveredAt?.getTime() ?? []);
    const at = times.length === 0 ? null : new Date(Math.max(...times));
    const read = (handle: Transaction) => readSingleFindings(handle, ids);
    const kept = { table: singleFindings, kind: "lightbox", column: "finding_type", partial: true } as const;
    return { ...kept, id, target, name, ownerId, at, read };
  });
}

/**
 * What the scan looked at that brought a row: the next scan of it has to see when the finding is gone. It is told by the scan's id,
 * else it is the closest domain above the asset that was scanned, else the asset.
 */
function targetOf({ asset, scanId }: { asset: string; scanId: string | null }, whole: readonly OlderScan[]): string {
  const scans = whole.filter(({ kind }) => kind === "lightbox");
  const own = scans.find(({ name }) => name !== null && name === scanId);
  if (own !== undefined) return own.target;
  const above = scans.map(({ target }) => target).filter((target) => `.${asset}`.endsWith(`.${target}`));
  return above.toSorted((one, other) => other.length - one.length)[0] ?? asset;
}

const rowsAtOnce = 500;

async function readSingleFindings(tx: Transaction, ids: readonly number[]): Promise<object> {
  const findings: unknown[] = [];
  for (let start = 0; start < ids.length; start += rowsAtOnce) {
    const query = tx.sql
      .selectFrom(singleFindings)
      .select(["asset", "finding_type as type", "url", "description", "severity"])
      .where("id", "in", ids.slice(start, start + rowsAtOnce))
      .orderBy("id");
    findings.push(...(await fetchAll(tx, query)));
  }
  return scanOf(findings);
}
