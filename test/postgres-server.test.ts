import { existsSync } from "node:fs";
import pg from "pg";
import { expect, test } from "vitest";
import { findPackagedPostgres } from "./support/postgres-programs.ts";
import { startPostgresServer } from "./support/postgres-server.ts";
import { createTestDatabase } from "./support/test-databases.ts";

async function query(url: string, sql: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

test("a test database is its test's own and gone after drop", async () => {
  const first = await createTestDatabase();
  const second = await createTestDatabase();
  await query(first.url, "create table things (id int)");
  await expect(query(second.url, "select * from things")).rejects.toThrow(/does not exist/);
  await first.drop();
  await second.drop();
  await expect(query(first.url, "select 1")).rejects.toThrow(/does not exist/);
});

test("an empty test database has no table", async () => {
  await using database = await createTestDatabase({ empty: true });
  expect(await query(database.url, "select * from pg_tables where schemaname = 'public'")).toEqual([]);
});

test("a server of one's own keeps port and data over a crash, and leaves nothing behind", async () => {
  const server = await startPostgresServer({ work_mem: "8MB" });
  const { port } = server;
  const [setting] = await query(server.url(), "select current_setting('data_directory') as folder");
  const folder = String(setting?.["folder"]);
  expect(await query(server.url(), "show work_mem")).toEqual([{ work_mem: "8MB" }]);
  await query(server.url(), "create table kept (id int)");
  await query(server.url(), "insert into kept values (7)");
  await query(server.url(), "checkpoint");
  await server.restart("immediate");
  expect(server.port).toBe(port);
  expect(await query(server.url(), "select * from kept")).toEqual([{ id: 7 }]);
  await server.stop("fast");
  await expect(query(server.url(), "select 1")).rejects.toThrow(/ECONNREFUSED/);
  await server.remove();
  expect(existsSync(folder)).toBe(false);
});

test("the server from npm serves where the machine has none", async () => {
  await using server = await startPostgresServer({}, await findPackagedPostgres());
  expect(await query(server.url(), "select 1 as one")).toEqual([{ one: 1 }]);
});

test("a server that cannot start says why", async () => {
  await expect(startPostgresServer({ shared_buffers: "a lot" })).rejects.toThrow(/shared_buffers/);
});
