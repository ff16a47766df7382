import { statSync } from "node:fs";
import { Database } from "../../../database/handle.ts";
import { openDatabase } from "../../../opening/open-database.ts";
import { ValidationError } from "../../../errors/index.ts";
import type { TableDefinition } from "../../../schema/kit/index.ts";
import { tables } from "../../../schema/tables.ts";
import type { Source } from "../../../engines/port/source.ts";
import { databaseFileOf, isInMemory, openSourceAlone } from "../../../engines/open.ts";

/** A database, open or by its URL. */
export type Place = Database | string;

/** Opens a place for reading; a SQLite file is opened read-only. */
export async function openSource(place: Place): Promise<Source> {
  if (place instanceof Database) return place.connection.openSource();
  const alone = await openSourceAlone(place);
  if (alone !== undefined) return alone;
  const db = await openDatabase(place, { migrations: "ignore" });
  try {
    const source = await db.connection.openSource();
    const close = async () => {
      await source.close();
      await db.close();
    };
    return { ...source, close };
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** The tables that the target was opened with, which have to include those of the source. */
export function tablesToCopy(from: Place, to: Place): readonly TableDefinition[] {
  const [wanted, known] = [tablesOf(from), tablesOf(to)];
  const missing = wanted.find(({ name }) => known.every((table) => table.name !== name));
  if (missing === undefined) return known;
  const message = `knows no table ${missing.name}: open it with the tables and migrations of the source`;
  throw new ValidationError([{ field: "to", message }]);
}

function tablesOf(place: Place): readonly TableDefinition[] {
  return place instanceof Database ? place.connection.tables.all : tables;
}

/** Opens a place for writing, with the schema of today. */
export async function openTarget(place: Place): Promise<{ db: Database; close: () => Promise<void> }> {
  // Whoever opened it closes it.
  if (place instanceof Database) return { db: place, close: () => Promise.resolve() };
  const db = await openDatabase(place, { statementTimeoutMs: 0 });
  return { db, close: () => db.close() };
}

/** Whether a place is a SQLite file that is not there yet. */
export function isMissingFile(place: Place): boolean {
  if (place instanceof Database) return false;
  const file = databaseFileOf(place);
  if (file === undefined) return isInMemory(place);
  return statSync(file, { throwIfNoEntry: false }) === undefined;
}
