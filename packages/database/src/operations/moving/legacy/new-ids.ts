import type { ForeignFile } from "../../../engines/sqlite/moving/foreign-file.ts";
import type { NamedColumn, TableDefinition } from "../../../schema/kit/index.ts";
import { Adjusted, Fault, type Outcome, readCell } from "./cells.ts";
import { giveUp } from "./references.ts";

/** A row of the source, by the columns that it has. */
interface SourceRow {
  readonly raw: readonly unknown[];
  readonly present: readonly string[];
}

/** What names a table in `resource_type`, and before `_id` in a document, beside its own name. */
const singular: Readonly<Record<string, string>> = {
  user: "users",
  company: "companies",
  session: "sessions",
  api_key: "api_keys",
  key: "api_keys",
  event: "security_events",
  security_event: "security_events",
  assessment: "compliance_assessments",
  control: "compliance_controls",
  profile: "roadmap_profiles",
  monitored_email: "monitored_emails",
};

/** Documents that tell of other rows, by table and column. */
const tellingDocuments = new Set(["audit_logs.metadata_json", "security_events.metadata_json"]);
/** An id in such a document: `"user_id": 9007199254740993`. No text can hold it, for its quotes would be escaped. */
const idInDocument = /"([a-z_]+)_id"(\s*:\s*)(-?\d{16,19})(?=\s*[,}\]])/g;

/**
 * Gives rows new ids whose own cannot be told apart here: SQLite makes them at random, up to 2^63 − 1, in a table that once held
 * that id. Everything that refers to such a row has to follow.
 */
export class NewIds {
  readonly #byTable = new Map<string, ReadonlyMap<bigint, number>>();

  /** @param tables those that the source has */
  constructor(source: ForeignFile, tables: readonly TableDefinition[]) {
    for (const { name, columnList } of tables) {
      const id = columnList.find(({ kind }) => kind === "id");
      if (id === undefined || !source.columns(name).includes(id.name)) continue;
      const unsafe = source.unsafeIds(name, id.name);
      if (unsafe.length > 0) this.#byTable.set(name, assign(source, { table: name, column: id.name }, unsafe));
    }
  }

  /** What a column gets where its value is such an id, or names one; undefined where it is to be read as any other. */
  resolve(table: TableDefinition, column: NamedColumn, row: SourceRow): Outcome | undefined {
    const value = row.raw[row.present.indexOf(column.name)];
    if (typeof value === "string") return this.#inDocument(table, column, value);
    if (typeof value !== "bigint" || Number.isSafeInteger(Number(value))) return undefined;
    if (column.kind === "id") return this.#renamed(table.name, value, `had the id ${value}`);
    const { reference } = column;
    if (reference?.column === "id") {
      const to = reference.table.name;
      const reason = `refers to a row of ${to} that does not exist`;
      return this.#renamed(to, value, `refers to the row of ${to} that had the id ${value}`) ?? giveUp(column, reason);
    }
    return table.name === "audit_logs" && column.name === "resource_id" ? this.#resource(value, row) : undefined;
  }

  #renamed(table: string, id: bigint, reason: string): Adjusted | undefined {
    const renamed = this.#byTable.get(table)?.get(id);
    return renamed === undefined ? undefined : new Adjusted(renamed, `${reason}, beyond ±(2^53 − 1)`);
  }

  /** The audit log names the record without a foreign key: the record may be gone, and its number with it. */
  #resource(id: bigint, { raw, present }: SourceRow): Adjusted {
    const named = raw[present.indexOf("resource_type")];
    const table = typeof named === "string" ? tableOf(named) : "";
    return (
      this.#renamed(table, id, `tells of the row of ${table} that had the id ${id}`) ??
      new Adjusted(null, `told of a row with the id ${id}, which is not there`)
    );
  }

  #inDocument(table: TableDefinition, column: NamedColumn, text: string): Outcome | undefined {
    if (this.#byTable.size === 0 || !tellingDocuments.has(`${table.name}.${column.name}`)) return undefined;
    let changes = 0;
    const followed = text.replaceAll(idInDocument, (whole, word: string, colon: string, id: string) => {
      const renamed = this.#byTable.get(tableOf(word))?.get(BigInt(id));
      if (renamed === undefined) return whole;
      changes += 1;
      return `"${word}_id"${colon}${renamed}`;
    });
    if (changes === 0) return undefined;
    const outcome = readCell(column, followed);
    if (outcome instanceof Fault || outcome instanceof Adjusted) return outcome;
    return new Adjusted(outcome, "names rows that had ids beyond ±(2^53 − 1)");
  }
}

function tableOf(word: string): string {
  const name = word.toLowerCase();
  return singular[name] ?? name;
}

/** Ids after the highest; where there is no room after it, those that are free from 1 on. */
function assign(
  source: ForeignFile,
  { table, column }: { table: string; column: string },
  unsafe: readonly bigint[],
): ReadonlyMap<bigint, number> {
  const assigned = new Map<bigint, number>();
  const highest = source.highestSafeId(table, column);
  const hasRoom = highest + unsafe.length < Number.MAX_SAFE_INTEGER;
  let next = hasRoom ? highest + 1 : 1;
  for (const id of unsafe) {
    while (source.has(table, column, next)) next += 1;
    assigned.set(id, next);
    next += 1;
  }
  return assigned;
}
