import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Database, type EngineName, openDatabase } from "@nerve/database";
import { type TestClock, testClock } from "../../packages/database/test/support/clock.ts";
import { testKeys } from "../../packages/database/test/support/keys.ts";
import { startPostgresServer } from "../../test/support/postgres-server.ts";
import { createSqliteTemplate } from "../../test/support/sqlite-template.ts";
import { cloneTemplate, createTemplate } from "../../test/support/test-databases.ts";

/** A database that is migrated and holds nothing. */
export interface Place {
  readonly url: string;
  readonly remove: () => Promise<void>;
}

/** Where databases are made. */
export interface Places extends AsyncDisposable {
  readonly place: () => Promise<Place>;
}

export type MakePlaces = (engine: EngineName) => Promise<Places>;

/** Migrates one database of an engine, of which all others are copies. */
export const templatePlaces: MakePlaces = (engine) => (engine === "sqlite" ? sqlitePlaces() : postgresPlaces());

async function migrate(url: string): Promise<void> {
  await (await openDatabase(url)).close();
}

async function sqlitePlaces(): Promise<Places> {
  const { template, remove } = await createSqliteTemplate(migrate);
  return {
    async place() {
      const folder = await mkdtemp(join(tmpdir(), "nerve-conformance-"));
      const file = join(folder, "ghost.db");
      await copyFile(template, file);
      return { url: `sqlite:${file}`, remove: () => rm(folder, { recursive: true }) };
    },
    [Symbol.asyncDispose]: remove,
  };
}

async function postgresPlaces(): Promise<Places> {
  const given = process.env["NERVE_CONFORMANCE_POSTGRES_URL"];
  const server = given === undefined ? await startPostgresServer() : undefined;
  const serverUrl = given ?? server?.url() ?? "";
  const { template, dropAll } = await createTemplate(serverUrl, migrate);
  return {
    async place() {
      const clone = await cloneTemplate(serverUrl, template);
      return { url: clone.url, remove: () => clone.drop() };
    },
    [Symbol.asyncDispose]: () => (server === undefined ? dropAll() : server.remove()),
  };
}

/** A database, and the clock that it goes by. */
export interface Opened extends AsyncDisposable {
  readonly db: Database;
  readonly clock: TestClock;
}

/** Opens a fresh database, whose clock stands where every sequence begins. */
export async function openFresh(places: Places): Promise<Opened> {
  const { url, remove } = await places.place();
  const clock = testClock(new Date("2026-11-26T00:00:00Z"));
  const db = await openDatabase(url, { clock, keys: testKeys, synchronous: "normal" });
  return {
    db,
    clock,
    async [Symbol.asyncDispose]() {
      await db.close();
      await remove();
    },
  };
}
