/** Something in the database that is not NERVE's, and that no backup carries. */
export interface LeftOut {
  /** What it is: an extension, a schema, a view, a function and so on. */
  readonly kind: string;
  readonly name: string;
}

/** What a database holds, as far as a backup is compared with it. */
export interface Contents {
  /** The engine with its version. */
  readonly engineVersion: string;
  /** The schema that the tables are in; null where the engine has none. */
  readonly schema: string | null;
  /** Highest numbered migration; null on a database that was never migrated. */
  readonly schemaVersion: string | null;
  /** Rows of each table. */
  readonly rowCounts: Readonly<Record<string, number>>;
  /** Highest id of each table that has ids and rows. */
  readonly lastIds: Readonly<Record<string, number>>;
  /** What else is there, and is not copied. */
  readonly leftOut: readonly LeftOut[];
}

/** Client programs and rights that a backup on PostgreSQL needs; nothing on SQLite. */
export interface BackupTools {
  /** Folder of `pg_dump` and `pg_restore`; undefined to look through `searchPath` and the system's usual folders. */
  readonly programsFolder?: string | undefined;
  /** Folders to look for the programs, in the form of PATH. */
  readonly searchPath?: string | undefined;
  /** Whoever may create and rename databases; undefined when the database's own role may. */
  readonly maintenanceUrl?: string | undefined;
}

/** An open database that can step aside. */
export interface Pausable {
  /** Closes every connection while the work runs, and opens them again whatever comes of it. Statements wait meanwhile. */
  whileClosed<T>(work: () => Promise<T>): Promise<T>;
}

/** Something that a copy can be made of. */
export interface CopySource {
  /**
   * Writes a consistent copy into an empty file while others read and write; returns what the copy holds.
   * @param onSnapshot called once the state that will be copied is fixed
   */
  copyTo(file: string, onSnapshot: () => void): Promise<Contents>;
}

/** A database made of a copy, apart from the live one. */
export interface ScratchDatabase {
  /** Opens it, as any other database. */
  readonly url: string;
  /** Whether nothing else is in it; else it is a part of the live database, with what stands beside NERVE's tables there. */
  readonly isApart: boolean;
  /**
   * Reads all of it.
   * @throws {BackupError} BACKUP_INVALID when it is damaged or a reference leads nowhere
   */
  check(): Promise<Contents>;
  /** Deletes it; nothing happens once it has become the live database. */
  discard(): Promise<void>;
}

/** What is done between two states of the database, while nobody uses it. */
export interface Replacement {
  /**
   * Saves what is to be replaced, as it is then, and completes what takes its place; no source: there is none, or it cannot be
   * read. False when it could not be saved.
   */
  readonly save: (source: CopySource | undefined) => Promise<boolean>;
  /** What else belongs to the new state; the old database comes back when it throws. */
  readonly finish: () => Promise<void>;
}

/** What backup and restore need of an engine. */
export interface BackupPort extends CopySource {
  /** Ending of the name of a copy. */
  readonly extension: "db" | "dump";
  /** Whether the path is the live database's own. */
  isLive(file: string): Promise<boolean>;
  /** Reads what the live database holds. */
  inspect(): Promise<Contents>;
  /**
   * Counts the rows of the live database beyond the given ids, by table.
   */
  countBeyond(lastIds: Readonly<Record<string, number>>): Promise<Record<string, number>>;
  /** Where unfinished files of a restore belong: on the disk of the database; undefined: wherever the backup is. */
  readonly workPlace: { readonly parent: string; readonly prefix: string } | undefined;
  /**
   * Makes a database of a copy.
   * @param copy the file; the scratch database may use it up
   * @param purpose a `trial` is only looked at; the one for a `restore` has the owners and rights of the copy as well
   */
  load(copy: string, purpose: "trial" | "restore"): Promise<ScratchDatabase>;
  /**
   * Puts a scratch database into the place of the live one, at one moment or not at all, while nobody uses it.
   * @returns what was kept of the old state because it may hold writes that were not saved; null in general
   * @throws {BusyError} BUSY when another process uses the database
   */
  replaceWith(scratch: ScratchDatabase, steps: Replacement): Promise<{ kept: string | null }>;
}
