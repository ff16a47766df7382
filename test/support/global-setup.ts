import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { openDatabase } from "../../packages/database/src/index.ts";
import type { TestProject } from "vitest/node";
import { startPostgresServer } from "./postgres-server.ts";
import { createSqliteTemplate } from "./sqlite-template.ts";
import { createTemplate } from "./test-databases.ts";

/** Where NERVE puts what no setting puts elsewhere. */
const dataFolder = "data";

/**
 * Gives the whole run a template database on each engine, and one real PostgreSQL server; a server that cannot start
 * fails the run.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const hadData = existsSync(dataFolder);
  const givenUrl = process.env["NERVE_TEST_POSTGRES_URL"];
  const server = givenUrl === undefined ? await startPostgresServer() : undefined;
  const serverUrl = server?.url() ?? givenUrl ?? "";
  const { template, dropAll } = await createTemplate(serverUrl, migrate);
  project.provide("postgres", { serverUrl, template });
  const sqlite = await createSqliteTemplate(migrate);
  project.provide("sqlite", { template: sqlite.template });
  return async () => {
    await sqlite.remove();
    await (server ? server.remove() : dropAll());
    // Keys and backups of databases that are gone: beside them, `npm start` would not make a new database.
    if (!hadData) await rm(dataFolder, { recursive: true, force: true });
  };
}

async function migrate(url: string): Promise<void> {
  const db = await openDatabase(url);
  await db.close();
}
