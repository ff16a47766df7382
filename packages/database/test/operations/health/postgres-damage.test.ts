import { open } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PostgresServer, startPostgresServer } from "../../../../../test/support/postgres-server.ts";
import { openDatabase } from "../../../src/opening/open-database.ts";
import { transaction } from "../../../src/database/transaction.ts";
import type { Database } from "../../../src/database/handle.ts";
import { checkDatabaseConnection, checkTableIntegrity, runHealthCheck } from "../../../src/operations/health/index.ts";
import { createTestUser } from "../../support/people/accounts.ts";

const read = (sql: string) => ({ sql, readOnly: true, recurring: false });

describe("A PostgreSQL database", () => {
  let server: PostgresServer;
  let db: Database;
  beforeAll(async () => {
    server = await startPostgresServer();
    db = await openDatabase(server.url());
    await createTestUser(db);
  }, 60_000);
  afterAll(async () => {
    await db.close();
    await server.remove();
  });

  /** Inverts a byte of a table or index on the disk, while the server is stopped. */
  const flipByte = async (relation: string, position: number) => {
    const query = read(
      "SELECT current_setting('data_directory') AS folder, pg_relation_filepath($1::regclass) AS path",
    );
    const [place] = await db.executor.all(query, [relation]);
    await server.stop();
    const file = await open(join(String(place?.["folder"]), String(place?.["path"])), "r+");
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, position);
    await file.write(Buffer.from([~(byte[0] ?? 0) & 0xff]), 0, 1, position);
    await file.close();
    await server.start();
  };

  test("says which checks it does not allow", async () => {
    const { healthy, skipped } = await checkTableIntegrity(db);
    expect(healthy).toBe(true);
    expect(skipped).toEqual([
      "amcheck: the extension is not installed in this database.",
      "Checksums: the cluster was made without them.",
    ]);
  });

  test("is unhealthy while its server is down, and healthy again afterwards", async () => {
    await server.stop();
    expect(await checkDatabaseConnection(db)).toMatchObject({ healthy: false, error: { code: "CONNECTION_FAILED" } });
    expect(await runHealthCheck(db)).toMatchObject({ healthy: false, alerts: [{ code: "CONNECTION" }] });
    await server.start();
    expect(await checkDatabaseConnection(db)).toMatchObject({ healthy: true });
  });

  test("with an index that was left unfinished says so", async () => {
    await transaction(db, (tx) =>
      tx.executor.script("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'users_role_index'::regclass"),
    );
    expect((await checkTableIntegrity(db)).errors).toEqual([
      expect.objectContaining({ table: "users", kind: "index-unusable" }),
    ]);
    await transaction(db, (tx) =>
      tx.executor.script("UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'users_role_index'::regclass"),
    );
  });

  test("with a constraint that old rows were never held to says so", async () => {
    await transaction(db, (tx) =>
      tx.executor.script("ALTER TABLE users ADD CONSTRAINT old_rows CHECK (id > 0) NOT VALID"),
    );
    expect((await checkTableIntegrity(db)).errors).toEqual([
      expect.objectContaining({ table: "users", kind: "constraint-unvalidated" }),
    ]);
    await transaction(db, (tx) => tx.executor.script("ALTER TABLE users DROP CONSTRAINT old_rows"));
  });

  test("with a flipped byte in an index is damaged there, as amcheck finds", async () => {
    await transaction(db, (tx) => tx.executor.script("CREATE EXTENSION amcheck"));
    expect(await checkTableIntegrity(db)).toMatchObject({
      healthy: true,
      skipped: [expect.stringMatching(/^Checksums/)],
    });
    // The metapage's magic number.
    await flipByte("users_email_key", 24);
    const { errors } = await checkTableIntegrity(db);
    expect(errors).toContainEqual({
      table: "users",
      kind: "damaged",
      message: "The index users_email_key is damaged.",
    });
    await flipByte("users_email_key", 24);
  });

  test("with a flipped byte in a page's header is damaged there, with amcheck or without", async () => {
    await transaction(db, (tx) => tx.executor.script("DROP EXTENSION amcheck"));
    await createTestUser(db);
    // Where the page's free space begins: beyond where it ends.
    await flipByte("users", 13);
    const { errors } = await checkTableIntegrity(db);
    expect(errors).toContainEqual({ table: "users", kind: "damaged", message: "Its pages are damaged." });
    const report = await runHealthCheck(db);
    expect(report).toMatchObject({ healthy: false, stats: { tableCounts: { sessions: 0 } } });
    expect(report.alerts).toContainEqual(expect.objectContaining({ level: "critical", code: "INTEGRITY" }));
  });
});
