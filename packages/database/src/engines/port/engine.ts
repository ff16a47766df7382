import type { Expression, Kysely, RawBuilder, SqlBool } from "kysely";
import type { ColumnKind, NamedColumn, TableDefinition } from "../../schema/kit/index.ts";
import type { TableRegistry } from "../../schema/registry.ts";
import type { Schema } from "../../schema/tables.ts";
import type { BackupPort, BackupTools } from "./backup.ts";
import type { ChecksumValue } from "../shared/checksum.ts";
import type { Source } from "./source.ts";
import type { BulkLoad, StoredValue } from "./stored-rows.ts";
import type { Lexis } from "../shared/lexis.ts";
import type { PerformanceLog } from "../shared/performance-log.ts";
import type { UpkeepPort } from "./upkeep.ts";

export type EngineName = "sqlite" | "postgres";

/** A statement as an engine runs it. */
export interface Query {
  readonly sql: string;
  /** It changes nothing, so that a reader connection may run it, and repeating it is safe. */
  readonly readOnly: boolean;
  /** Worth preparing once per connection: its text recurs. */
  readonly recurring: boolean;
  /** Kinds of computed columns, by their names in SQL; columns of tables are known without. */
  readonly computed?: Readonly<Record<string, ColumnKind>>;
}

/** What a statement left behind. */
export type ResultRow = Record<string, unknown>;

/** Something that runs statements: an engine, or one of its open transactions. */
export interface Executor {
  /** Runs a statement and returns its rows, decoded and renamed. */
  all(query: Query, values: readonly unknown[]): Promise<ResultRow[]>;
  /** Runs a statement and returns how many rows it changed. */
  run(query: Query, values: readonly unknown[]): Promise<number>;
  /** Runs `work` in a transaction, or in a savepoint where one is open already. */
  transaction<T>(work: (executor: TransactionExecutor) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /**
   * Whether the database itself keeps a transaction that is one company's from the rows of the others, so that reads gain by
   * being in one.
   */
  hasRowSecurity(): Promise<boolean>;
  /** The company whose transaction it is; null outside of one, and where it is nobody's. */
  readonly company: number | null;
}

/** Where rows are inserted in bulk. Names in SQL. */
export interface InsertTarget {
  readonly table: string;
  readonly columns: readonly string[];
}

/** An open transaction. */
export interface TransactionExecutor extends Executor {
  /** Runs several statements given as one text, without values. */
  script(sql: string): Promise<void>;
  /** Lets what follows in the transaction take as long as it likes. */
  liftTimeLimit(): Promise<void>;
  /** Writes many rows as fast as the engine can; the ids are in the rows. */
  load(rows: BulkLoad): Promise<void>;
  /** Inserts many rows, each with the values of the target's columns in order, by the engine's fastest way. */
  insertRows(target: InsertTarget, rows: readonly (readonly unknown[])[]): Promise<void>;
}

export interface TransactionOptions {
  /** PostgreSQL's isolation level; SQLite is always serializable. Default `read committed`. */
  isolation?: "read committed" | "repeatable read" | "serializable";
  /**
   * How often the whole transaction is repeated after it collided with another one (SQLSTATE 40001, 40P01). Only for
   * work without effects outside the database. Default 0.
   */
  retries?: number;
  /**
   * The company whose transaction it is: where there is row security, no other company's rows can be read or written in it.
   * Null lifts that. Default for a savepoint: that of the transaction around it.
   */
  company?: number | null;
  /** It only reads, so that a replica may answer and repeating it is safe. PostgreSQL then refuses every change. */
  readOnly?: boolean;
  /**
   * It writes values so large that SQLite would hold up the event loop: there it runs on a thread, and knows NERVE's own tables
   * only. Default false.
   */
  large?: boolean;
}

/** How a row belongs to a company: by a column of its own, through the row of another table, or not at all. */
export type Belonging = { readonly own: string } | BelongingByParent | "global";

interface BelongingByParent {
  /** The other table. */
  readonly by: string;
  /** Column of the row that leads there. */
  readonly through: string;
  /** Column of the other table that it refers to. */
  readonly to: string;
}

/** How many connections a handle has open; SQLite's are of no pool, and count as none. */
export interface PoolUse {
  readonly total: number;
  readonly idle: number;
  /** Who waits for a connection. */
  readonly waiting: number;
}

/** Something that an operator should know, though nothing failed. */
export interface EngineWarning {
  readonly code: "POOL_SHRUNK";
  /** Holds no password. */
  readonly message: string;
}

/** One database behind one dialect. */
export interface Engine extends Executor {
  readonly name: EngineName;
  /** How many transactions can be open at once. */
  readonly maxTransactions: number;
  /** The tables that it decodes rows of, checks and copies. */
  readonly tables: TableRegistry;
  /** Writes SQL for this dialect; runs nothing. */
  readonly builder: Kysely<Schema>;
  readonly dialect: Dialect;
  /** How long its statements took. */
  readonly performance: PerformanceLog;
  /** What health checks and upkeep need of this database. */
  readonly upkeep: UpkeepPort;
  readonly poolUse: PoolUse;
  /** Runs reads whose answer may be a little old where that is cheapest, everything else as the engine does. */
  readonly lagging: Executor;
  /**
   * Runs reads in a transaction on a connection that is opened for them alone, whatever the others are doing. SQLite's reads
   * wait for nobody, and need none.
   */
  readApart<T>(work: (executor: Executor) => Promise<T>): Promise<T>;
  /** What backup and restore need of this database. */
  backupPort(tools: BackupTools): BackupPort;
  /** Opens this moment's state for reading whole tables, on a connection of its own. */
  openSource(): Promise<Source>;
  /** Waits for what is running, then closes every connection. Idempotent. */
  close(): Promise<void>;
}

/** The statements that make again what was dropped for a load. */
export interface LooseSchema {
  /** Each can be run beside the others, and again. */
  readonly indexes: readonly string[];
  /** What rests on the indexes: to be run once, in order. */
  readonly constraints: readonly string[];
}

/** What differs between the dialects beyond Kysely's reach. */
export interface Dialect {
  /** How its text falls into words, strings and comments. */
  readonly lexis: Lexis;
  /** Inside a migration's transaction: keeps every other process from migrating. */
  lockMigrations(transaction: TransactionExecutor): Promise<void>;
  /** Inside a transaction: makes all who hold the same name wait until it ends. */
  holdName(transaction: TransactionExecutor, name: string): Promise<void>;
  /** Query that answers with one row when a table of this name exists, none otherwise. Its value is the name. */
  readonly tableExists: Query;
  /** Whether a text holds another one, literally, but whatever the case of the letters A to Z. */
  containsText(text: Expression<string | null>, part: string): Expression<SqlBool>;
  /** Whether a text begins with another one, as `containsText` compares them. */
  beginsWith(text: Expression<string | null>, beginning: string): Expression<SqlBool>;
  /**
   * The rows of a table whose JSON document holds every member of another one: a table to select from, in parentheses. It
   * is read newest first, by `created_at` and `id`, without sorting. `members` is the text of an object that has a member.
   */
  rowsHolding(table: TableDefinition, column: NamedColumn, members: Expression<unknown>): RawBuilder<unknown>;
  /** Writes the statements that create a table with its indexes, without terminators. */
  createTableStatements(table: TableDefinition): string[];
  /** Writes the statements that put a table's rows behind row security, without terminators; none where there is no such thing. */
  rowSecurityStatements(table: string, belonging: Belonging): string[];
  /** Statements that make the schema again, in an order in which they run. */
  exportSchema(executor: Executor): Promise<string[]>;
  /** The text that a JSON document is given back as. */
  readonly storedJson: (text: string) => string;
  /**
   * At the start of a transaction that takes as long as there are rows: lifts limits on time and memory.
   * @param options `durable` false: a crash may undo it, until a later durable one has ended; whoever asks can repeat it
   */
  prepareLongWork(transaction: TransactionExecutor, options: { durable: boolean }): Promise<void>;
  /** Counts and hashes the rows of a table, whatever their order. */
  tableChecksum(executor: Executor, table: TableDefinition): Promise<ChecksumValue>;
  /** Why a value cannot be stored in a column of this kind; undefined when it can. */
  refusalOf(kind: ColumnKind, value: StoredValue): string | undefined;
  /** Drops what slows down a load of these tables and can be made again. */
  loosenSchema(transaction: TransactionExecutor, tables: readonly TableDefinition[]): Promise<LooseSchema>;
  /** Removes every row of a table that nothing refers to any more. */
  emptyTable(transaction: TransactionExecutor, table: TableDefinition): Promise<void>;
  /** Inside a transaction: takes ids that no row of a table has and none will be given, in ascending order. */
  reserveIds(transaction: TransactionExecutor, table: TableDefinition, count: number): Promise<number[]>;
  /** Makes the next id of a table follow its highest one. */
  continueIds(executor: Executor, table: TableDefinition): Promise<void>;
}
