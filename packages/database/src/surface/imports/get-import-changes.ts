import { z } from "zod";
import { requireWithin } from "../../access/require-within.ts";
import { type Reaching, reachOf, within } from "../../access/within.ts";
import type { Handle } from "../../database/handle.ts";
import { type Page, pageFields, pageOrder } from "../../database/page.ts";
import { statement, shapedStatement } from "../../database/statement.ts";
import { reading } from "../../operation/operation.ts";
import { jsonDocument, pageOf } from "../../rows/index.ts";
import { scanImports, severities } from "../../schema/surface/assets.ts";
import { changeSetCauses, findingChangeKinds, findingStatuses } from "../../schema/surface/finding-words.ts";
import { oneOf, recordId } from "../../validation/input.ts";
import { changeKind } from "../deciding/change-kind.ts";
import { beside } from "../findings/list/finding-conditions.ts";

const state = z.object({ status: oneOf(findingStatuses), severity: oneOf(severities) });

/** How a finding changed with an import. */
const importChange = z
  .object({
    findingId: z.int(),
    title: z.string(),
    assetId: z.int(),
    assetName: z.string(),
    ruleId: z.int(),
    source: z.string(),
    cause: oneOf(changeSetCauses).meta({ description: "The import, or that it was taken back." }),
    kind: oneOf(findingChangeKinds),
    from: state.nullable().meta({ description: "Null where the import opened it." }),
    to: state,
    reason: z.string().nullable(),
    changes: jsonDocument().meta({ description: "Old and new values of other fields; null where none changed." }),
    at: z.date(),
  })
  .meta({ id: "ImportChange", description: "How a finding changed with an import." });
export type ImportChange = z.output<typeof importChange>;

/** Those that an import opened come first, as of a set 0, by their ids; then what is in the history of each of its change sets. */
const order = pageOrder("finding_history", ["change_set_id", "id"], "asc");

/** Where a page begins: after a row of a set. */
interface Place {
  readonly set: number;
  readonly id: number;
}

type ChangeSet = Awaited<ReturnType<typeof setsOfImport.all>>[number];

const setsOfImport = statement((sql, { id }: { id: number }) =>
  sql.selectFrom("finding_change_sets").select(["id", "cause", "at", "counts"]).where("import_id", "=", id),
);

interface OpenedWanted extends Reaching {
  readonly importId: number;
  readonly after: number;
  readonly last: number;
  readonly rows: number;
}

/** What an import opened, with the state that it opened it in, which the oldest change since tells. */
const openedFindings = shapedStatement((sql, p: OpenedWanted) =>
  sql
    .selectFrom("findings")
    .innerJoin("assets", "assets.id", "findings.asset_id")
    .select(["findings.id", "findings.title", "findings.asset_id", "assets.name as asset_name", "findings.rule_id"])
    .select((eb) => {
      const oldest = eb
        .selectFrom("finding_history")
        .whereRef("finding_history.finding_id", "=", "findings.id")
        .orderBy("finding_history.id")
        .limit(1);
      return [
        "findings.source",
        eb.fn.coalesce(oldest.select("from_status").$asScalar(), "findings.status").as("status"),
        eb.fn.coalesce(oldest.select("from_severity").$asScalar(), "findings.severity").as("severity"),
      ];
    })
    .where("findings.id", ">", p.after)
    .where("findings.id", "<=", p.last)
    .where((eb) => beside(eb("findings.first_import_id", "=", p.importId)))
    .where(beside(within("findings", p)))
    .orderBy("findings.id")
    .limit(p.rows),
);

interface HistoryWanted extends Reaching {
  readonly set: number;
  readonly after: number;
  readonly rows: number;
}

const historyOfSet = shapedStatement((sql, p: HistoryWanted) =>
  sql
    .selectFrom("finding_history")
    .innerJoin("findings", "findings.id", "finding_history.finding_id")
    .innerJoin("assets", "assets.id", "findings.asset_id")
    .select(["finding_history.id", "finding_history.finding_id", "findings.title", "findings.asset_id"])
    .select(["assets.name as asset_name", "findings.rule_id", "findings.source", "finding_history.kind"])
    .select(["from_status", "from_severity", "to_status", "to_severity", "reason", "changes", "at"])
    .where("finding_history.change_set_id", "=", p.set)
    .where("finding_history.id", ">", p.after)
    .where(beside(within("findings", p)))
    .orderBy("finding_history.id")
    .limit(p.rows),
);

/**
 * Tells how findings changed with an import: those that it opened first, then what else it changed, or changed back when it was taken
 * back. What is gone since tells nothing any more.
 *
 * @returns one page, each finding with its state before and after, and the cursor of the next
 * @throws {NotFoundError} NOT_FOUND when there is no such import within reach
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { id: companyId } = await createCompany(db, { name: "Example", primaryDomain: "changed.example" });
 * const line = JSON.stringify({ kind: "finding", rule: "open-redirect", asset: "https://changed.example", severity: "low" });
 * const source = {
 *   open: async function* () {
 *     yield new TextEncoder().encode(line);
 *   },
 * };
 * const { importId } = await importReport(db, { companyId, source, format: "nerve" });
 * const { items } = await getImportChanges(db, { id: importId });
 */
export const getImportChanges = reading({
  summary: "See how findings changed with an import",
  permission: "finding:read",
  input: { id: recordId(), ...pageFields },
  output: pageOf(importChange),
  mayLag: true,
  async run(db, { id, limit, cursor }, caller): Promise<Page<ImportChange>> {
    const { after0: set = 0, after1: after = 0 } = order.readPlace(cursor);
    await requireWithin(db, scanImports, id, caller);
    const sets = (await setsOfImport.all(db, { id })).toSorted((one, other) => one.id - other.id);
    const wanted = { ...reachOf(caller), importId: id, rows: limit + 1 };
    const found = await readChanges(db, sets, { set: Number(set), id: Number(after) }, wanted);
    const items = found.slice(0, limit);
    const last = found.length > limit ? items.at(-1) : undefined;
    return {
      items: items.map(({ change }) => change),
      nextCursor: last === undefined ? null : order.writePlace({ changeSetId: last.place.set, id: last.place.id }),
    };
  },
});

interface PlacedChange {
  readonly place: Place;
  readonly change: ImportChange;
}

async function readChanges(
  db: Handle,
  sets: readonly ChangeSet[],
  place: Place,
  wanted: Reaching & { importId: number; rows: number },
): Promise<PlacedChange[]> {
  const found = place.set === 0 ? await readOpened(db, sets, place.id, wanted) : [];
  const { importId: _, rows, ...reach } = wanted;
  for (const set of sets) {
    if (found.length >= rows) break;
    if (set.id < place.set) continue;
    const after = set.id === place.set ? place.id : 0;
    const history = await historyOfSet.all(db, { ...reach, set: set.id, after, rows: rows - found.length });
    for (const { id, fromStatus, fromSeverity, toStatus, toSeverity, ...change } of history) {
      const from = stateOf(fromStatus, fromSeverity);
      const to = stateOf(toStatus, toSeverity);
      if (to !== null) found.push({ place: { set: set.id, id }, change: { ...change, cause: set.cause, from, to } });
    }
  }
  return found;
}

function stateOf(status: ImportChange["to"]["status"] | null, severity: ImportChange["to"]["severity"] | null) {
  return status === null || severity === null ? null : { status, severity };
}

/** Reads what the import opened, within the ids that its change sets name. */
async function readOpened(
  db: Handle,
  sets: readonly ChangeSet[],
  after: number,
  wanted: Reaching & { importId: number; rows: number },
): Promise<PlacedChange[]> {
  const ranges = sets.flatMap(({ counts, at }) => {
    const { firstOpened, lastOpened } = counts as { firstOpened?: number; lastOpened?: number };
    return firstOpened === undefined || lastOpened === undefined ? [] : [{ firstOpened, lastOpened, at }];
  });
  const [range] = ranges;
  if (range === undefined) return [];
  const { at } = range;
  const first = Math.min(...ranges.map(({ firstOpened }) => firstOpened));
  const last = Math.max(...ranges.map(({ lastOpened }) => lastOpened));
  const opened = await openedFindings.all(db, { ...wanted, after: Math.max(after, first - 1), last });
  return opened.map(({ id, status, severity, ...finding }) => ({
    place: { set: 0, id },
    change: {
      ...finding,
      findingId: id,
      cause: "import",
      kind: changeKind(null, status, "import"),
      from: null,
      to: { status, severity },
      reason: null,
      changes: null,
      at,
    },
  }));
}
