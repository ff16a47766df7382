import type { SQLInputValue } from "node:sqlite";
import type { ColumnKind } from "../../../schema/kit/index.ts";
import { columnNamed } from "../../../schema/kit/index.ts";
import type { TableRegistry } from "../../../schema/registry.ts";
import { JsonParameter } from "../../../schema/kit/parameters.ts";
import { jsonTextOf } from "../../../validation/json/json-document.ts";
import { servedBy } from "../schema/json-search.ts";
import type { Decoder } from "../../shared/row-constructor.ts";

/** Turns a JavaScript value into what SQLite stores. */
export function encodeValue(value: unknown): SQLInputValue {
  switch (typeof value) {
    case "string":
    case "number":
    case "bigint":
      return value;
    case "boolean":
      return value ? 1 : 0;
    case "undefined":
      return null;
    default:
      break;
  }
  if (value === null) return null;
  if (value instanceof Date) return value.getTime();
  if (value instanceof JsonParameter) return jsonTextOf(value.value) ?? null;
  if (value instanceof Uint8Array) return value;
  throw new TypeError("A value of this type cannot be stored; wrap JSON documents in json().");
}

const decoders: Partial<Record<ColumnKind, Decoder>> = {
  boolean: (stored) => (stored === null ? null : stored === 1),
  datetime: (stored) => (stored === null ? null : new Date(stored as number)),
  json: (stored) => (stored === null ? null : (JSON.parse(stored as string) as unknown)),
};

/** Finds how values of a kind are decoded; undefined when they are used as they are stored. */
export function decoderFor(kind: ColumnKind | undefined): Decoder | undefined {
  return kind === undefined ? undefined : decoders[kind];
}

/** Finds the kind of a result column by the table column that it comes from. */
export function kindOfOrigin(
  tables: TableRegistry,
  table: string | null,
  column: string | null,
): ColumnKind | undefined {
  if (table === null || column === null) return undefined;
  const definition = tables.named(table) ?? servedBy(table);
  return definition === undefined ? undefined : columnNamed(definition, column)?.kind;
}
