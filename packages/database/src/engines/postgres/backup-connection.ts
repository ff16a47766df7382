import pg from "pg";
import { translatePostgresError } from "./errors.ts";
import { valueParsers } from "./values.ts";

/** A connection of its own for long work: no statement is ever timed out. */
export class BackupConnection {
  readonly client: pg.Client;
  #ended = false;

  constructor(url: string) {
    this.client = new pg.Client({
      connectionString: url,
      application_name: "nerve backup",
      types: valueParsers,
      connectionTimeoutMillis: 10_000,
      options: "-c timezone=UTC -c statement_timeout=0 -c idle_in_transaction_session_timeout=0",
    });
    // A connection that breaks is reported by the next statement.
    this.client.on("error", () => undefined);
  }

  async rows<Row extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    try {
      return (await this.client.query<Row>(sql, [...values])).rows;
    } catch (error) {
      throw translatePostgresError(error);
    }
  }

  async run(sql: string): Promise<void> {
    try {
      await this.client.query(sql);
    } catch (error) {
      throw translatePostgresError(error);
    }
  }

  async open(): Promise<void> {
    try {
      await this.client.connect();
    } catch (error) {
      throw translatePostgresError(error);
    }
  }

  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.client.end().catch(() => undefined);
  }
}

/** Runs an action with a connection of its own. */
export async function withConnection<T>(url: string, action: (connection: BackupConnection) => Promise<T>): Promise<T> {
  const connection = new BackupConnection(url);
  try {
    await connection.open();
    return await action(connection);
  } finally {
    await connection.end();
  }
}

/** The same server and role, with another database. */
export function urlOfDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
}
