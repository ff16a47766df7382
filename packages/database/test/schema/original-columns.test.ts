import { describe, expect, test } from "vitest";
import { indexesOf } from "../../src/engines/shared/ddl.ts";
import { columnNamed, type NamedColumn, type TableDefinition } from "../../src/schema/kit/index.ts";
import { tables } from "../../src/schema/tables.ts";
import original from "../fixtures/original-tables.json" with { type: "json" };

interface OriginalColumn {
  readonly table: string;
  readonly name: string;
  /** `string(255), not null, default "basic"`. */
  readonly traits: readonly string[];
}

const originalColumns: OriginalColumn[] = Object.values(original.modules).flatMap((module) =>
  Object.entries(module).flatMap(([table, columns]) =>
    Object.entries(columns as Record<string, string>).map(([name, text]) => ({
      table,
      name,
      traits: text.split(", "),
    })),
  ),
);

/** Stored encrypted, and so longer than what is encrypted: text instead of string(255). */
const encryptedAtRest = new Set([
  "pastebin_findings.credential_password",
  "github_findings.credential_value",
  "breach_file_results.password_hash",
  "breach_file_results.password_plain",
  "profiles.exposed_passwords",
]);
/** NOT NULL in the original, and so impossible to SET NULL. */
const restricted = new Set([
  "monitored_emails.created_by_user_id",
  "compliance_assessments.created_by_user_id",
  "compliance_evidence.uploaded_by_user_id",
]);
/** The original deletes these through its ORM, without an ON DELETE. */
const cascading = new Set(["bait_accesses.bait_id", "uploaded_credentials.upload_id"]);

function definitionOf(name: string): TableDefinition {
  const found = tables.find((table) => table.name === name);
  if (found === undefined) throw new Error(`There is no table ${name}.`);
  return found;
}

function columnOf({ table, name }: OriginalColumn): NamedColumn {
  const found = columnNamed(definitionOf(table), name);
  if (found === undefined) throw new Error(`${table} has no column ${name}.`);
  return found;
}

const named = ({ table, name }: OriginalColumn) => `${table}.${name}`;
const withTrait = (trait: string) => originalColumns.filter(({ traits }) => traits.includes(trait));
const traitsThat = (start: string) => (traits: readonly string[]) => traits.find((trait) => trait.startsWith(start));
const defaultOf = traitsThat("default ");
const referenceOf = traitsThat("references ");

function typeOf(column: NamedColumn): string {
  if (column.kind === "string") return `string(${column.length})`;
  return column.kind;
}

function expectedType(column: OriginalColumn): string {
  const [type = ""] = column.traits;
  if (encryptedAtRest.has(named(column)) || type === "string") return "text";
  if (type === "text holding JSON") return "json";
  return column.traits.includes("primary key") && type === "integer" ? "id" : type;
}

function actualReference({ reference }: NamedColumn): string | undefined {
  if (reference === undefined) return undefined;
  const target = reference.table.columnList.find(({ property }) => property === reference.column);
  return `references ${reference.table.name}.${target?.name} on delete ${reference.onDelete}`;
}

function expectedReference(column: OriginalColumn): string | undefined {
  const text = referenceOf(column.traits);
  if (restricted.has(named(column))) return text?.replace("on delete set null", "on delete restrict");
  return cascading.has(named(column)) ? `${text} on delete cascade` : text;
}

const firstColumnsOfIndexes = (table: TableDefinition) => indexesOf(table).map(({ columns }) => columns[0]);

describe("Of the original's schema", () => {
  test("all of the original tables and columns are there, each in its module", () => {
    expect(originalColumns).toHaveLength(602);
    expect(tables.filter(({ inOriginal }) => inOriginal)).toHaveLength(42);
    const modules = Object.entries(original.modules).map(([module, columns]) => [
      module,
      Object.keys(columns).toSorted(),
    ]);
    const ours = modules.map(([module]) => [
      module,
      tables
        .filter((table) => table.module === module && table.inOriginal)
        .map(({ name }) => name)
        .toSorted(),
    ]);
    expect(ours).toEqual(modules);
    for (const column of originalColumns) expect(columnOf(column).name).toBe(column.name);
  });

  test("each column has its type", () => {
    const types = (type: (column: OriginalColumn) => string) =>
      originalColumns.map((column) => `${named(column)} ${type(column)}`);
    expect(types((column) => typeOf(columnOf(column)))).toEqual(types(expectedType));
  });

  test("each column is NOT NULL where it was, and the primary key where it was", () => {
    for (const column of originalColumns) {
      const isKey = column.traits.includes("primary key");
      expect(columnOf(column).primaryKey === true, named(column)).toBe(isKey);
      expect(columnOf(column).notNull === true, named(column)).toBe(isKey || column.traits.includes("not null"));
    }
  });

  test("each column has its default, and is stamped where it was", () => {
    for (const column of originalColumns) {
      const text = defaultOf(column.traits)?.slice("default ".length);
      const { default: value, stamped } = columnOf(column);
      const stamps = { insert: "on insert", update: "on insert and update", none: undefined };
      const moment = column.traits.includes("set to now on update") ? "update" : text === "now" ? "insert" : "none";
      expect(stamped, named(column)).toBe(stamps[moment]);
      expect(value, named(column)).toEqual(text === undefined || text === "now" ? undefined : JSON.parse(text));
    }
  });

  const isUniquePerCompany = ({ table, name }: OriginalColumn) =>
    indexesOf(definitionOf(table)).some(
      ({ unique, perCompany, columns }) => unique && perCompany && columns[0] === name,
    );

  test("each unique column is unique, at least in its company; addresses and domains whatever their case", () => {
    const unique = withTrait("unique");
    expect(unique).toHaveLength(16);
    for (const column of unique) {
      if (isUniquePerCompany(column)) continue;
      const ignoresCase = ["users.email", "companies.primary_domain"].includes(named(column));
      expect(columnOf(column).unique, named(column)).toBe(ignoresCase ? "ignoring case" : "exact");
    }
  });

  test("each indexed column begins an index", () => {
    const indexed = withTrait("index");
    expect(indexed).toHaveLength(130);
    for (const column of indexed) {
      const isKey = column.traits.includes("primary key");
      if (!isKey) expect(firstColumnsOfIndexes(definitionOf(column.table)), named(column)).toContain(column.name);
    }
  });

  test("each foreign key has its target and its ON DELETE; three NOT NULL ones are RESTRICT instead of SET NULL", () => {
    const keys = originalColumns.filter(({ traits }) => referenceOf(traits) !== undefined);
    expect(keys.map((column) => `${named(column)} ${actualReference(columnOf(column))}`)).toEqual(
      keys.map((column) => `${named(column)} ${expectedReference(column)}`),
    );
  });

  test("each enum has its words", () => {
    for (const [name, words] of Object.entries(original.enums)) {
      const [table = "", column = ""] = name.split(".");
      expect(columnNamed(definitionOf(table), column)?.values).toEqual(words);
    }
  });
});

describe("The definitions", () => {
  test("have an index for every foreign key", () => {
    const unindexed = tables.flatMap((table) =>
      table.columnList
        .filter(({ name, reference }) => reference !== undefined && !firstColumnsOfIndexes(table).includes(name))
        .map(({ name }) => `${table.name}.${name}`),
    );
    expect(unindexed).toEqual([]);
  });

  test("never SET NULL a column that is NOT NULL", () => {
    const impossible = tables.flatMap(({ columnList }) =>
      columnList.filter(({ notNull, reference }) => notNull === true && reference?.onDelete === "set null"),
    );
    expect(impossible).toEqual([]);
  });

  test("give no two indexes one name, and none that PostgreSQL would cut", () => {
    const names = tables.flatMap((table) => indexesOf(table).map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.length > 63)).toEqual([]);
  });
});
