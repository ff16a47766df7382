import { randomBytes } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";

/** What the global set-up hands to the test files. */
export interface PostgresForTests {
  /** Superuser URL of the server's maintenance database. */
  readonly serverUrl: string;
  /** Name of the database that test databases are cloned from. */
  readonly template: string;
}

declare module "vitest" {
  export interface ProvidedContext {
    postgres: PostgresForTests;
  }
}

/** A database of one test file. */
export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  /** Drops the database, whoever is connected to it. */
  drop(): Promise<void>;
}

/**
 * Creates a database that is the caller's alone, as a clone of the migrated template.
 *
 * @param empty true for one without any table, for tests of the migrations themselves.
 */
export async function createTestDatabase({ empty = false } = {}): Promise<TestDatabase> {
  const { serverUrl, template } = inject("postgres");
  return cloneTemplate(serverUrl, template, { empty });
}

/** Clones a template under a name of its own. */
export async function cloneTemplate(
  serverUrl: string,
  template: string,
  { empty = false } = {},
): Promise<TestDatabase> {
  const name = `${template}_${randomBytes(4).toString("hex")}`;
  await runOnServer(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${empty ? "template0" : template} STRATEGY FILE_COPY`);
  const drop = async () => {
    await runOnServer(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  };
  return { name, url: databaseUrl(serverUrl, name), drop, [Symbol.asyncDispose]: drop };
}

/**
 * Creates the template of this run, and fills it once.
 *
 * @param fill brings the database at the URL to the state that every test file starts from; must close its connections.
 * @returns the template's name, and a function that drops it and every clone that is left.
 */
export async function createTemplate(serverUrl: string, fill: (url: string) => Promise<void>) {
  const template = `nerve_test_${randomBytes(4).toString("hex")}`;
  await runOnServer(serverUrl, `CREATE DATABASE ${template} TEMPLATE template0`);
  await fill(databaseUrl(serverUrl, template));
  const dropAll = async () => {
    const rows = await runOnServer<{ datname: string }>(
      serverUrl,
      `SELECT datname FROM pg_database WHERE datname ^@ '${template}'`,
    );
    for (const { datname } of rows) await runOnServer(serverUrl, `DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
  };
  return { template, dropAll };
}

function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs SQL past NERVE, on a connection of its own, and gives the rows. */
export async function runOnServer<Row extends pg.QueryResultRow = pg.QueryResultRow>(
  url: string,
  sql: string,
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}
