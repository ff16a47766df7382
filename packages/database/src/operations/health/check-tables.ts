import type { Handle } from "../../database/handle.ts";
import type { Examiner, UnknownObject } from "../../engines/port/upkeep.ts";
import { systemTables } from "../../schema/tables.ts";
import { compareSchema, type TableError } from "./compare-schema.ts";
import { schemaGap } from "./check-migrations.ts";
import { messageOf } from "./failure.ts";
import { describeUnknown, findUnknownObjects } from "./unknown-objects.ts";

export interface TableCheck {
  readonly healthy: boolean;
  /** How many of NERVE's tables, and of those that the handle was opened with, there were to check. */
  readonly tablesChecked: number;
  readonly errors: readonly TableError[];
  /** Checks that this database does not allow, and why. */
  readonly skipped: readonly string[];
}

/**
 * Checks every table: that tables, columns, indexes and foreign keys are those of the definitions, that no trigger, view,
 * function or rule that NERVE did not make touches its tables, and that what is stored is sound. SQLite reads the whole file (`integrity_check`); PostgreSQL reads every page of every table, and checks
 * tables and indexes with amcheck where that extension is installed. Neither notices a flipped bit within a value that
 * no index and no rule knows; only PostgreSQL's checksums do.
 *
 * While migrations are pending the schema is not compared, which `skipped` says.
 *
 * It takes as long as reading the database does, on a thread or connection of its own.
 *
 * @param db the database, or an open transaction
 * @returns the verdict, with an error for each thing that is wrong; never throws for an unhealthy database
 * @example
 * const { healthy, errors } = await checkTableIntegrity(db);
 * for (const { table, message } of errors) console.error(table, message);
 */
export async function checkTableIntegrity(db: Handle): Promise<TableCheck> {
  try {
    return await db.connection.upkeep.examine((examiner) => examineTables(db, examiner));
  } catch (error) {
    return tablesUnreadable(messageOf(error));
  }
}

/** The verdict on tables that could not be looked at. */
export function tablesUnreadable(message: string): TableCheck {
  return { healthy: false, tablesChecked: 0, errors: [{ kind: "unreadable", message }], skipped: [] };
}

/** Checks every table with an examiner that is at work already. */
export async function examineTables(db: Handle, examiner: Examiner): Promise<TableCheck> {
  const expected = [...systemTables, ...db.connection.tables.all].map((table) =>
    db.connection.upkeep.expectedTable(table),
  );
  const actual = await examiner.readSchema();
  const { faults, skipped } = await examiner.findDamage();
  // What a migration is yet to make is not missing.
  const gap = await schemaGap(db);
  const differences = gap === null ? compareSchema(expected, actual) : [];
  const errors = [
    ...differences,
    ...(await unknownObjects(db, examiner, { differences, isOfToday: gap === null })),
    ...faults.map((fault): TableError => ({ ...fault, kind: "damaged" })),
  ];
  const present = new Set(actual.map(({ name }) => name));
  const tablesChecked = expected.filter(({ name }) => present.has(name)).length;
  const notCompared = gap === null ? [] : [`tables, columns and indexes are not compared. ${gap}`];
  return { healthy: errors.length === 0, tablesChecked, errors, skipped: [...notCompared, ...skipped] };
}

/** What the definitions of another schema would not have. */
const ofToday: ReadonlySet<string> = new Set([
  "table",
  "check",
  "policy",
  "lack of the policy",
  "index",
  "unique index",
]);

/** Of a table that differs anyway, it is enough to say that once. */
async function unknownObjects(
  db: Handle,
  examiner: Examiner,
  { differences, isOfToday }: { differences: readonly TableError[]; isOfToday: boolean },
): Promise<TableError[]> {
  const told = new Set(differences.map(({ table }) => table));
  const isTold = ({ kind, name, table }: UnknownObject) =>
    kind === "table" ? told.has(name) : kind === "check" && told.has(table ?? "");
  const found = await findUnknownObjects(db, examiner);
  return found
    .filter((object) => !isTold(object) && (isOfToday || !ofToday.has(object.kind)))
    .map((object) => ({
      ...(object.table == null ? {} : { table: object.table }),
      kind: "object-unknown",
      message: `NERVE did not make ${describeUnknown(object)}.`,
    }));
}
