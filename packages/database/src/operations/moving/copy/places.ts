import { statSync } from "node:fs";
import { Database } from "../../../database/handle.ts";
import { openDatabase, openWithTables } from "../../../opening/open-database.ts";
import { MigrationError, ValidationError } from "../../../errors/index.ts";
import type { TableDefinition } from "../../../schema/kit/index.ts";
import { registerTables } from "../../../schema/registry.ts";
import { tables } from "../../../schema/tables.ts";
import { migrations } from "../../../migrations/index.ts";
import { migrate } from "../../../migrations/migrator.ts";
import type { SourceSchema } from "./source-schema.ts";
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

/** A target, open for writing. */
interface Target {
  readonly db: Database;
  readonly close: () => Promise<void>;
}

/** A target is new, and its keys, which are those of the source, may be there before it is. */
const asTarget = { statementTimeoutMs: 0, createFile: "anew" } as const;

/** Opens a place for writing, with the schema of the source: today's, or an older one. */
export async function openTarget(place: Place, { isOlder, tables: present, versions }: SourceSchema): Promise<Target> {
  if (place instanceof Database) {
    if (isOlder) throw olderThanTarget("Give the target by its URL: it has to get the older schema first.");
    // Whoever opened it closes it.
    return { db: place, close: () => Promise.resolve() };
  }
  if (!isOlder) return closing(await openDatabase(place, asTarget));
  const known = registerTables();
  const named = (name: string) => present.find((table) => table.name === name) ?? known.named(name);
  const db = await openWithTables(place, { ...known, all: present, named }, asTarget);
  try {
    await migrate(
      db,
      migrations.filter(({ version }) => versions.has(version)),
    );
    return closing(db);
  } catch (error) {
    await db.close();
    if (!(error instanceof MigrationError) || error.code !== "SCHEMA_NEWER") throw error;
    throw olderThanTarget("Use a new database as the target: it gets the older schema, and is migrated in the end.");
  }
}

function closing(db: Database): Target {
  return { db, close: () => db.close() };
}

function olderThanTarget(advice: string): MigrationError {
  return new MigrationError("SCHEMA_OUTDATED", {
    message: `The source has an older schema than the target. ${advice}`,
  });
}

/** Whether a place is a SQLite file that is not there yet. */
export function isMissingFile(place: Place): boolean {
  if (place instanceof Database) return false;
  const file = databaseFileOf(place);
  if (file === undefined) return isInMemory(place);
  return statSync(file, { throwIfNoEntry: false }) === undefined;
}
