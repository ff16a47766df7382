import type { Kysely } from "kysely";
import type { Engine, EngineName, Executor, TransactionExecutor } from "../engines/port/engine.ts";
import type { BreachedPasswords, KeyRing } from "../cryptography/index.ts";
import type { Schema } from "../schema/tables.ts";
import type { AccountPolicy } from "./account-policy.ts";
import { finishBeforeClose } from "./before-close.ts";
import type { Clock } from "./clock.ts";
import type { QuotaLimits } from "./quota-limits.ts";
import type { SurfacePolicy } from "./surface-policy.ts";

/**
 * What every function takes first: the database, or an open transaction. `DB` is the database as Kysely sees it, which
 * may have more tables than NERVE's.
 */
export interface Handle<DB = Schema> {
  readonly engine: EngineName;
  readonly clock: Clock;
  /** Writes SQL for the engine; give the result to `fetchAll`, `fetchFirst` or `runQuery`. */
  readonly sql: Kysely<DB>;
  /**
   * The keys that secrets at rest are encrypted with; read when first asked for, and made where nothing is encrypted yet.
   * @throws {DatabaseError} SECRET_UNREADABLE when there is no key, or the one that encrypted what is stored is missing;
   *   KEY_FILE_UNUSABLE
   */
  readonly secrets: () => Promise<KeyRing>;
  /** Asked about each password that somebody chooses; undefined without a list. @internal */
  readonly breachedPasswords: BreachedPasswords | undefined;
  /** How much ordinary users may store. @internal */
  readonly quotas: QuotaLimits;
  /** What accounts and keys are held to. @internal */
  readonly accountPolicy: AccountPolicy;
  /** What decisions on findings are held to. @internal */
  readonly surfacePolicy: SurfacePolicy;
  /** The engine as a whole, for what stands outside transactions. @internal */
  readonly connection: Engine;
  /** What statements run on. @internal */
  readonly executor: Executor;
  /** What `secrets` loads them by. @internal */
  readonly loadKeys: (db: Handle) => Promise<KeyRing>;
  /** Whether functions that know how give large JSON documents as text: see `withDocumentsAsText`. @internal */
  readonly documentsAsText?: boolean;
  /** Whether users are told by mail what happens to their accounts: see `withNotices`. @internal */
  readonly notifies?: boolean;
  /** Never there: keeps a statement over own tables from a handle that was opened without them. @internal */
  readonly types?: DB;
}

/** The files of a database; undefined where it has none. */
export interface DatabaseFiles {
  readonly database: string | undefined;
  readonly keys: string | undefined;
}

/** Loads the keys, and looks through a handle whether there are any to find. */
type LoadKeys = (db: Handle) => Promise<KeyRing>;

interface HandleParts {
  readonly connection: Engine;
  readonly clock: Clock;
  readonly secrets: LoadKeys;
  readonly breachedPasswords: BreachedPasswords | undefined;
  readonly quotas: QuotaLimits;
  readonly accountPolicy: AccountPolicy;
  readonly surfacePolicy: SurfacePolicy;
  readonly files: DatabaseFiles;
  readonly notifies?: boolean;
}

/** An open database. */
export class Database<DB = Schema> implements Handle<DB> {
  declare readonly types?: DB;
  readonly engine: EngineName;
  readonly clock: Clock;
  readonly sql: Kysely<DB>;
  readonly connection: Engine;
  readonly secrets: () => Promise<KeyRing>;
  /** @internal */
  readonly loadKeys: LoadKeys;
  readonly breachedPasswords: BreachedPasswords | undefined;
  readonly quotas: QuotaLimits;
  readonly accountPolicy: AccountPolicy;
  readonly surfacePolicy: SurfacePolicy;
  /** Where it lies, as far as that is in files. @internal */
  readonly files: DatabaseFiles;
  readonly notifies: boolean;

  constructor({
    connection,
    clock,
    secrets,
    breachedPasswords,
    quotas,
    accountPolicy,
    surfacePolicy,
    files,
    notifies = false,
  }: HandleParts) {
    this.engine = connection.name;
    // One builder writes for every table: which there are is for the types alone.
    this.sql = connection.builder as unknown as Kysely<DB>;
    this.connection = connection;
    this.clock = clock;
    this.loadKeys = secrets;
    this.secrets = () => secrets(this as unknown as Handle);
    this.breachedPasswords = breachedPasswords;
    this.quotas = quotas;
    this.accountPolicy = accountPolicy;
    this.surfacePolicy = surfacePolicy;
    this.files = files;
    this.notifies = notifies;
  }

  get executor(): Executor {
    return this.connection;
  }

  /** Waits for what is running, writes what is in memory alone, then closes every connection and thread. Idempotent. */
  async close(): Promise<void> {
    await finishBeforeClose(this.connection);
    await this.connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** A handle made of another one: what is not said anew is as there. */
abstract class ChildHandle<DB> implements Handle<DB> {
  declare readonly types?: DB;
  readonly engine: EngineName;
  readonly clock: Clock;
  readonly sql: Kysely<DB>;
  readonly connection: Engine;
  abstract readonly executor: Executor;
  abstract readonly secrets: () => Promise<KeyRing>;
  /** @internal */
  readonly loadKeys: LoadKeys;
  readonly breachedPasswords: BreachedPasswords | undefined;
  readonly quotas: QuotaLimits;
  readonly accountPolicy: AccountPolicy;
  readonly surfacePolicy: SurfacePolicy;
  readonly documentsAsText: boolean;
  readonly notifies: boolean;

  constructor(parent: Handle<DB>, documentsAsText = parent.documentsAsText ?? false) {
    this.engine = parent.engine;
    this.clock = parent.clock;
    this.sql = parent.sql;
    this.connection = parent.connection;
    this.loadKeys = parent.loadKeys;
    this.breachedPasswords = parent.breachedPasswords;
    this.quotas = parent.quotas;
    this.accountPolicy = parent.accountPolicy;
    this.surfacePolicy = parent.surfacePolicy;
    this.documentsAsText = documentsAsText;
    this.notifies = parent.notifies ?? false;
  }
}

/** An open transaction; it ends when the function that it was given to returns or throws. */
export class Transaction<DB = Schema> extends ChildHandle<DB> {
  readonly executor: TransactionExecutor;
  readonly secrets: () => Promise<KeyRing>;

  constructor(parent: Handle<DB>, executor: TransactionExecutor) {
    super(parent);
    this.executor = executor;
    // On its own connection: of a small pool there may be no other.
    this.secrets = () => parent.loadKeys(this as unknown as Handle);
  }
}

/** A database that is read in another way. */
class OtherReads<DB> extends ChildHandle<DB> {
  readonly executor: Executor;
  readonly secrets: () => Promise<KeyRing>;

  constructor(parent: Handle<DB>, { executor, documentsAsText }: { executor?: Executor; documentsAsText?: boolean }) {
    super(parent, documentsAsText);
    this.executor = executor ?? parent.executor;
    this.secrets = parent.secrets;
  }
}

/**
 * Gives the database as one whose users are told by mail what happens to their accounts: a changed address, password or factor. Such
 * mails are queued in the transaction of what they tell of; a server with a mail server sends them.
 *
 * @param db the database; it stays the one to close
 * @returns the database to give to the functions that change accounts
 * @example
 * const telling = withNotices(db);
 */
export function withNotices<DB = Schema>(db: Database<DB>): Database<DB> {
  const { connection, clock, loadKeys: secrets, breachedPasswords, quotas, accountPolicy, surfacePolicy, files } = db;
  return new Database<DB>({
    connection,
    clock,
    secrets,
    breachedPasswords,
    quotas,
    accountPolicy,
    surfacePolicy,
    files,
    notifies: true,
  });
}

/**
 * Gives a handle whose reads may be a little old, for lists and histories: with a `readUrl` they go to the replica,
 * unless it is down or too far behind. Changes and transactions go where they always go. Never decide with such a
 * handle who may do what.
 *
 * @param db the database; an open transaction is given back as it is, for it has to see its own changes
 * @returns the handle to give to the functions that read
 * @example
 * const { items } = await getSecurityEvents(forLaggingReads(db), { hours: 48 });
 */
export function forLaggingReads<DB = Schema>(db: Handle<DB>): Handle<DB> {
  return db.executor === db.connection ? new OtherReads(db, { executor: db.connection.lagging }) : db;
}

/** Gives a handle on the same database that is in no transaction, for what outlasts one. */
export function outsideTransactions(db: Handle): Handle {
  return new OtherReads(db, { executor: db.connection });
}

/**
 * Gives a handle through which the results of a scan are read as the text that they are stored as, a `JsonDocument`: for a
 * server that passes them on, and neither parses nor writes megabytes on the thread of its event loop.
 *
 * @param db the database
 * @returns the handle to give to the functions that read
 * @example
 * await saveXasmScan(db, { scanId: "nightly-1", target: "example.org", results: {} });
 * const { results } = await getXasmScanById(withDocumentsAsText(db), { scanId: "nightly-1" });
 */
export function withDocumentsAsText<DB = Schema>(db: Handle<DB>): Handle<DB> {
  return new OtherReads(db, { documentsAsText: true });
}

/**
 * Runs reads on a connection that is opened for them alone, whatever the handle's own connections are doing: for whoever
 * asks whether the database answers while all of them are in use. On SQLite, where reads wait for nobody, it is the handle's.
 *
 * @param db the database
 * @param work what reads; pass the handle on to every function that it calls
 * @returns what `work` returns
 * @throws {DatabaseConnectionError} CONNECTION_FAILED when the database cannot be reached
 * @example
 * const { pending } = await readApart(db, (apart) => getMigrationStatus(apart));
 */
export function readApart<T, DB = Schema>(db: Database<DB>, work: (handle: Handle<DB>) => Promise<T>): Promise<T> {
  return db.connection.readApart((executor) => work(new OtherReads(db, { executor })));
}
