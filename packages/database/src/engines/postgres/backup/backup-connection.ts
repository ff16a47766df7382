import { once } from "node:events";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { translatePostgresError } from "../run/errors.ts";
import { parsePostgresUrl, type PostgresLocation } from "../connect/location.ts";
import { sessionOf } from "../connect/session.ts";
import { type ConnectionPool, openPool, type PoolOptions } from "../run/pool.ts";

/** For long work: no statement, and no pause between two, is ever timed out. */
const options: Omit<PoolOptions, "session"> = {
  maxConnections: 1,
  connectTimeoutMs: 10_000,
  statementTimeoutMs: 0,
  warn: () => undefined,
};

/** Rows on their way into a table. */
export interface CopyIn {
  write(rows: Buffer): Promise<void>;
  /** @throws what the server has against a row */
  end(): Promise<void>;
}

/** A connection of its own for long work. */
export class BackupConnection {
  readonly location: PostgresLocation;
  readonly #pool: ConnectionPool;
  readonly #client: pg.PoolClient;
  #ended = false;

  private constructor(location: PostgresLocation, pool: ConnectionPool, client: pg.PoolClient) {
    this.location = location;
    this.#pool = pool;
    this.#client = client;
  }

  /**
   * Connects.
   * @throws {DatabaseConnectionError} CONNECTION_FAILED
   */
  static async open(url: string): Promise<BackupConnection> {
    const location = parsePostgresUrl(url);
    const pool = await openPool(location, {
      ...options,
      session: sessionOf(location, 0, ["idle_in_transaction_session_timeout=0"]),
    });
    try {
      return new BackupConnection(location, pool, await pool.connect());
    } catch (error) {
      await pool.end();
      throw error;
    }
  }

  /** The password that opened the connection, wherever it came from; empty when none was asked for. */
  get password(): string {
    const { password } = this.#client as unknown as { password?: unknown };
    return typeof password === "string" ? password : "";
  }

  /** As the readers of the schema want it. */
  readonly select = <Row>(sql: string, values?: readonly unknown[]): Promise<Row[]> =>
    this.rows<Row & pg.QueryResultRow>(sql, values);

  async rows<Row extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    try {
      return (await this.#client.query<Row>(sql, [...values])).rows;
    } catch (error) {
      throw translatePostgresError(error);
    }
  }

  async run(sql: string): Promise<void> {
    try {
      await this.#client.query(sql);
    } catch (error) {
      throw translatePostgresError(error);
    }
  }

  /** Begins to take rows in COPY's text format. */
  async copyIn(statement: string): Promise<CopyIn> {
    const stream = this.#client.query(copyFrom(statement));
    // The server may refuse a row long before the last one is sent.
    const finished = once(stream, "finish").catch((error: unknown) => {
      throw translatePostgresError(error);
    });
    finished.catch(() => undefined);
    return {
      async write(rows) {
        if (!stream.write(rows)) await Promise.race([once(stream, "drain").catch(() => finished), finished]);
      },
      async end() {
        stream.end();
        await finished;
      },
    };
  }

  /** Closes the connection, and with it ends its transaction and locks. Idempotent. */
  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#client.release(true);
    await this.#pool.end();
  }
}

/** Runs an action with a connection of its own. */
export async function withConnection<T>(url: string, action: (connection: BackupConnection) => Promise<T>): Promise<T> {
  const connection = await BackupConnection.open(url);
  try {
    return await action(connection);
  } finally {
    await connection.end();
  }
}

/** The same database, with NERVE's tables in a schema. */
export function urlInSchema(url: string, schema: string): string {
  const [place = "", query] = url.split("?", 2);
  const parameters = new URLSearchParams(query);
  parameters.set("schema", schema);
  return `${place}?${parameters.toString()}`;
}

/** The same server and role, with another database. */
export function urlOfDatabase(url: string, database: string): string {
  return url.replace(/^([a-z]+:\/\/[^/?#]*)(?:\/[^?#]*)?/, `$1/${encodeURIComponent(database)}`);
}
