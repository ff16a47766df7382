import type { TableDefinition } from "../../schema/kit/index.ts";
import type { Dialect } from "./engine.ts";
import type { StoredRow } from "./stored-rows.ts";

/** One moment's state of a database, read on a connection of its own. Nothing of it is ever written. */
export interface Source {
  /** Tells this database from others, without a password. */
  readonly identity: string;
  readonly dialect: Dialect;
  has(table: TableDefinition): Promise<boolean>;
  count(table: TableDefinition): Promise<number>;
  /** Names of all tables, whoever made them, without those that the engine keeps for itself or for an index. */
  tableNames(): Promise<string[]>;
  /** Names of a table's columns, without those that are computed from others. */
  columnNames(table: string): Promise<string[]>;
  /** Rows of any table; with a column, those that hold something in it. */
  countIn(table: string, column?: string): Promise<number>;
  /** Reads a table in the order of its primary key, some rows at a time. */
  read(table: TableDefinition): AsyncIterable<StoredRow[]>;
  close(): Promise<void>;
}

/** Rows that a source hands over at a time. */
export const rowsOfBatch = 500;
