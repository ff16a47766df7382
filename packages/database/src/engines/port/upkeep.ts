import type { LeftOut } from "./backup.ts";
import type { TableDefinition } from "../../schema/kit/index.ts";

/** A column as it is, or as it should be. */
export interface ColumnState {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly primaryKey: boolean;
  /** As a literal of SQL; null where there is none. */
  readonly default: string | null;
}

/** A foreign key of one column. */
export interface ForeignKeyState {
  readonly column: string;
  readonly parent: string;
  readonly parentColumn: string;
  readonly onDelete: string;
}

export interface IndexState {
  readonly name: string;
  /** What it holds, written so that equal indexes have equal texts. */
  readonly definition: string;
  /** False when it was left unfinished, so that the engine does not use it. */
  readonly usable: boolean;
}

/** A table as it is, or as its definition asks for it. */
export interface TableState {
  readonly name: string;
  readonly columns: readonly ColumnState[];
  readonly indexes: readonly IndexState[];
  readonly foreignKeys: readonly ForeignKeyState[];
  /** Names of constraints that existing rows were never held to. */
  readonly unvalidated: readonly string[];
}

/** Something in the schema that NERVE did not make, and that acts on its tables, reads them or changes their rules. */
export interface UnknownObject {
  /** What it is: a trigger, a view, a function and so on. */
  readonly kind: string;
  readonly name: string;
  /** NERVE's table that it stands on; null or undefined where it stands on none. */
  readonly table?: string | null;
}

/** What text is sorted by, and is not any more what it was when the indexes were made. */
export interface OutdatedCollation {
  readonly name: string;
  /** The version that the database recorded. */
  readonly recorded: string;
  /** The version of the library that sorts now. */
  readonly actual: string;
  /** The statements that mend it, in their order. */
  readonly remedy: readonly string[];
}

/** Something that is damaged. */
export interface Fault {
  readonly table?: string;
  /** Holds no value of any row. */
  readonly message: string;
}

/** A row that refers to one that does not exist. */
export interface Orphan {
  readonly table: string;
  /** Null where the table has no key to name the row by. */
  readonly rowId: number | string | null;
  readonly column?: string;
  /** The table that the missing row should be in. */
  readonly parent: string;
}

export interface OrphanReport {
  readonly total: number;
  /** The first of them. */
  readonly orphans: readonly Orphan[];
  readonly faults: readonly Fault[];
}

export interface DamageReport {
  readonly faults: readonly Fault[];
  /** Checks that could not be made, and why. */
  readonly skipped: readonly string[];
}

export interface RowCounts {
  readonly rows: Readonly<Record<string, number>>;
  readonly estimated: boolean;
  readonly faults: readonly Fault[];
}

/** How large a database is, in bytes. */
export interface DatabaseSize {
  /** All of it, a write-ahead log of its own included. */
  readonly bytes: number;
  /** The write-ahead log; null where it is not the database's own. */
  readonly walBytes: number | null;
}

/** Whether the database can grow. */
export interface StorageState {
  /** Undefined where it cannot be tried. */
  readonly writable: boolean | undefined;
  /** Bytes that are free on its disk; null where that cannot be seen. */
  readonly freeBytes: number | null;
}

/** Looks at a database beside the handle's connections, so that nobody waits. */
export interface Examiner {
  readSchema(): Promise<readonly TableState[]>;
  /** @param policies the statement that makes the policy of each table that has one */
  findUnknownObjects(policies: Readonly<Record<string, string>>): Promise<readonly UnknownObject[]>;
  /** What is in the database that is not NERVE's, and that no backup holds. */
  findLeftOut(): Promise<readonly LeftOut[]>;
  findOutdatedCollations(): Promise<readonly OutdatedCollation[]>;
  /** What the clock of the database's machine says; null where that is this machine's. */
  readTime(): Promise<Date | null>;
  /** Reads the whole database, and checks what can be checked. */
  findDamage(): Promise<DamageReport>;
  /** @param limit how many orphans to list at most; all are counted */
  findOrphans(limit: number): Promise<OrphanReport>;
  /** Counts each table once, however often it is asked. */
  countRows(options: { exact: boolean }): Promise<RowCounts>;
  measure(): Promise<DatabaseSize>;
  /** Tries to write beside, or into, the database; leaves nothing behind. */
  probeStorage(): Promise<StorageState>;
}

/** A step of upkeep. */
export type UpkeepStep = "reindex" | "vacuum" | "analyze";

/** What health checks and upkeep need of an open database. */
export interface UpkeepPort {
  /**
   * Reads through the handle's own connections.
   * @throws when the database cannot be reached, or another file lies under its name
   */
  touch(): Promise<void>;
  /** Runs `work` with a connection of its own. */
  examine<T>(work: (examiner: Examiner) => Promise<T>): Promise<T>;
  /** As the examiner's, on the handle's own connection: it reads little. */
  findUnknownObjects(policies: Readonly<Record<string, string>>): Promise<readonly UnknownObject[]>;
  /** The state that a definition asks for. */
  expectedTable(table: TableDefinition): TableState;
  /** Tells how the engine would run statements whose values it does not know; null for one that it cannot tell of. */
  explain(statements: readonly string[]): Promise<(string | null)[]>;
  /**
   * Runs steps of upkeep.
   * @param onDone called after each step
   * @throws {DatabaseConnectionError} STORAGE_FULL when the disk is too small for it; nothing is changed then
   */
  optimize(steps: readonly UpkeepStep[], onDone: (step: UpkeepStep) => void): Promise<void>;
}
