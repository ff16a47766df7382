import type { Source } from "../../../engines/port/source.ts";
import { MigrationError } from "../../../errors/index.ts";
import { migrations } from "../../../migrations/index.ts";
import type { TableDefinition } from "../../../schema/kit/index.ts";
import { schemaMigrations } from "../../../schema/system.ts";

/** The schema that a source has, which may not be changed. */
export interface SourceSchema {
  /** Whether migrations of today are missing in it. */
  readonly isOlder: boolean;
  /** The migrations that were applied to it. */
  readonly versions: ReadonlySet<string>;
  /** Its tables, with the columns that it has of them, each after those it refers to. */
  readonly tables: readonly TableDefinition[];
}

/**
 * Finds which schema a source has.
 * @param wanted the tables of today
 * @throws {MigrationError} SCHEMA_NEWER when this code does not know it; SCHEMA_OUTDATED when it was never migrated, or lacks a
 *   migration that an applied one comes after
 */
export async function readSourceSchema(source: Source, wanted: readonly TableDefinition[]): Promise<SourceSchema> {
  const versions = await readVersions(source);
  const known = new Set(migrations.map(({ version }) => version));
  if ([...versions].some((version) => /^\d{4}$/.test(version) && !known.has(version))) {
    throw new MigrationError("SCHEMA_NEWER");
  }
  const applied = migrations.filter(({ version }) => versions.has(version));
  const isUnbroken = applied.every(({ version }, index) => version === migrations[index]?.version);
  if (applied.length === 0 || !isUnbroken) throw new MigrationError("SCHEMA_OUTDATED");
  const isOlder = applied.length < migrations.length;
  return { isOlder, versions, tables: isOlder ? await presentTables(source, wanted) : wanted };
}

async function readVersions(source: Source): Promise<Set<string>> {
  const versions = new Set<string>();
  const position = schemaMigrations.columnList.findIndex(({ name }) => name === "version");
  if (!(await source.has(schemaMigrations))) return versions;
  for await (const batch of source.read(schemaMigrations)) for (const row of batch) versions.add(String(row[position]));
  return versions;
}

async function presentTables(source: Source, wanted: readonly TableDefinition[]): Promise<TableDefinition[]> {
  const present: TableDefinition[] = [];
  for (const table of wanted) {
    if (!(await source.has(table))) continue;
    const names = new Set(await source.columnNames(table.name));
    present.push({ ...table, columnList: table.columnList.filter(({ name }) => names.has(name)) });
  }
  return present;
}
