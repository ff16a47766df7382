import type pg from "pg";
import { quoteName } from "../../shared/ddl.ts";
import type { Executor, Query } from "../../port/engine.ts";
import type { Examiner, UpkeepPort, UpkeepStep } from "../../port/upkeep.ts";
import { translatePostgresError } from "../run/errors.ts";
import { PostgresExaminer } from "../backup/examiner.ts";
import type { ConnectionPool } from "../run/pool.ts";
import { expectedTable, type Select } from "../schema/schema-state.ts";
import { knownTables } from "../backup/left-out.ts";
import { isOfExtension } from "../schema/of-extension.ts";
import { findUnknownObjects } from "../schema/unknown-objects.ts";

const readSomething: Query = { sql: "SELECT 1 AS found", readOnly: true, recurring: true };

/** Those of others are for others to look after: `$1` are NERVE's own. */
const tablesQuery = `
  SELECT c.relname AS name FROM pg_class c
  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND NOT ${isOfExtension("pg_class", "c.oid")}
    AND (pg_has_role(c.relowner, 'USAGE') OR c.relname = ANY ($1)) ORDER BY 1`;

/** None of them keeps writers out. */
const statements: Record<UpkeepStep, (table: string) => string> = {
  reindex: (table) => `REINDEX TABLE CONCURRENTLY ${quoteName(table)}`,
  vacuum: (table) => `VACUUM ${quoteName(table)}`,
  analyze: (table) => `ANALYZE ${quoteName(table)}`,
};

interface Connection {
  readonly select: Select;
  /** Runs statements without values. */
  readonly script: (sql: string) => Promise<void>;
}

interface PostgresUpkeepParts {
  readonly engine: Pick<Executor, "all">;
  readonly pool: ConnectionPool;
  /** Whether what a session is told holds: it does not behind a pooler, which has no time limit of ours either. */
  readonly hasSession: boolean;
}

/** Health checks and upkeep of a PostgreSQL database, on a connection taken from the pool. */
export class PostgresUpkeep implements UpkeepPort {
  readonly #parts: PostgresUpkeepParts;
  readonly expectedTable = expectedTable;

  constructor(parts: PostgresUpkeepParts) {
    this.#parts = parts;
  }

  async touch(): Promise<void> {
    await this.#parts.engine.all(readSomething, []);
  }

  async examine<T>(work: (examiner: Examiner) => Promise<T>): Promise<T> {
    await this.touch();
    return this.#onConnection(({ select, script }) => work(new PostgresExaminer(select, script)));
  }

  findUnknownObjects(policies: Readonly<Record<string, string>>) {
    return this.#onConnection(({ select }) => findUnknownObjects(select, policies));
  }

  explain(texts: readonly string[]): Promise<(string | null)[]> {
    return this.#onConnection(async (connection) => {
      const plans: (string | null)[] = [];
      for (const text of texts) plans.push(await explainOne(connection, text));
      return plans;
    });
  }

  async optimize(steps: readonly UpkeepStep[], onDone: (step: UpkeepStep) => void): Promise<void> {
    await this.touch();
    await this.#onConnection(async ({ select, script }) => {
      const tables = await select<{ name: string }>(tablesQuery, [knownTables]);
      for (const step of steps) {
        for (const { name } of tables) await script(statements[step](name));
        onDone(step);
      }
    });
  }

  /** Uses the connection up, since it has no time limit afterwards. */
  async #onConnection<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const { pool } = this.#parts;
    const client = await pool.connect();
    pool.liftLimit(client);
    try {
      const connection = connectionOn(client);
      if (this.#parts.hasSession) await connection.script("SET statement_timeout = 0");
      return await work(connection);
    } finally {
      client.release(true);
    }
  }
}

function connectionOn(client: pg.PoolClient): Connection {
  const query = async (sql: string, values?: readonly unknown[]) => {
    try {
      return await client.query(sql, values === undefined ? undefined : [...values]);
    } catch (error) {
      throw translatePostgresError(error);
    }
  };
  return {
    select: async <Row>(sql: string, values?: readonly unknown[]) => (await query(sql, values)).rows as Row[],
    script: async (sql) => void (await query(sql)),
  };
}

/** The plan that serves any values. PostgreSQL infers the types of the parameters; all of them are NULL. */
async function explainOne({ select, script }: Connection, text: string): Promise<string | null> {
  try {
    await script("BEGIN READ ONLY; SET LOCAL plan_cache_mode = force_generic_plan");
    await script(`PREPARE nerve_plan AS ${text}`);
    const [known] = await select<{ count: number }>(
      "SELECT cardinality(parameter_types) AS count FROM pg_prepared_statements WHERE name = 'nerve_plan'",
    );
    const values = Array.from({ length: known?.count ?? 0 }, () => "NULL").join(", ");
    const rows = await select<Record<string, string>>(
      `EXPLAIN EXECUTE nerve_plan${values === "" ? "" : ` (${values})`}`,
    );
    await script("DEALLOCATE nerve_plan");
    return rows.map((row) => row["QUERY PLAN"] ?? "").join("\n");
  } catch {
    return null;
  } finally {
    await script("ROLLBACK").catch(() => undefined);
  }
}
