import type { Kysely } from "kysely";
import type { Engine, EngineName, Executor, TransactionExecutor } from "../engines/engine.ts";
import type { KeyRing } from "../cryptography/index.ts";
import type { Schema } from "../schema/tables.ts";
import type { Clock } from "./clock.ts";

/** What every function takes first: the database, or an open transaction. */
export interface Handle {
  readonly engine: EngineName;
  readonly clock: Clock;
  /** Writes SQL for the engine; give the result to `fetchAll`, `fetchFirst` or `runQuery`. */
  readonly sql: Kysely<Schema>;
  /**
   * The keys that secrets at rest are encrypted with; read, or made, when first asked for.
   * @throws {DatabaseError} SECRET_UNREADABLE when there is no key
   */
  readonly secrets: () => Promise<KeyRing>;
  /** The engine as a whole, for what stands outside transactions. @internal */
  readonly connection: Engine;
  /** What statements run on. @internal */
  readonly executor: Executor;
}

interface HandleParts {
  readonly connection: Engine;
  readonly clock: Clock;
  readonly secrets: () => Promise<KeyRing>;
}

/** An open database. */
export class Database implements Handle {
  readonly engine: EngineName;
  readonly clock: Clock;
  readonly sql: Kysely<Schema>;
  readonly connection: Engine;
  readonly secrets: () => Promise<KeyRing>;

  constructor({ connection, clock, secrets }: HandleParts) {
    this.engine = connection.name;
    this.sql = connection.builder;
    this.connection = connection;
    this.clock = clock;
    this.secrets = secrets;
  }

  get executor(): Executor {
    return this.connection;
  }

  /** Waits for what is running, then closes every connection and thread. Idempotent. */
  async close(): Promise<void> {
    await this.connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** An open transaction; it ends when the function that it was given to returns or throws. */
export class Transaction implements Handle {
  readonly engine: EngineName;
  readonly clock: Clock;
  readonly sql: Kysely<Schema>;
  readonly connection: Engine;
  readonly executor: TransactionExecutor;
  readonly secrets: () => Promise<KeyRing>;

  constructor(parent: Handle, executor: TransactionExecutor) {
    this.engine = parent.engine;
    this.clock = parent.clock;
    this.sql = parent.sql;
    this.connection = parent.connection;
    this.executor = executor;
    this.secrets = parent.secrets;
  }
}
