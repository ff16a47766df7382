import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createBackup, getBackupInfo, previewRestore, restoreBackup } from "../../../src/operations/backup/index.ts";
import { runHealthCheck } from "../../../src/operations/health/index.ts";
import { openDatabase } from "../../../src/opening/open-database.ts";
import { optimizeDatabase } from "../../../src/operations/performance/index.ts";
import { createTestUser } from "../../support/people/accounts.ts";
import { describeOnEachEngine, emptyPlace, testKeys } from "../../support/engines.ts";
import { countRows } from "../../support/rows.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-beside-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What applications and providers put beside NERVE's tables. */
const beside = `
  CREATE EXTENSION citext;
  CREATE EXTENSION postgres_fdw;
  CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw;
  CREATE FOREIGN TABLE app_far (id bigint) SERVER elsewhere;
  CREATE SCHEMA "Other one"; CREATE TABLE "Other one".t (a int);
  CREATE TYPE app_mood AS ENUM ('good', 'bad');
  CREATE TYPE app_pair AS (a int, b int);
  CREATE TABLE app_notes (id bigint PRIMARY KEY, note text, mood app_mood, pair app_pair, user_id bigint REFERENCES users (id));
  INSERT INTO app_notes (id, note) VALUES (1, 'kept');
  CREATE VIEW app_view AS SELECT note FROM app_notes;
  CREATE MATERIALIZED VIEW app_sums AS SELECT count(*) FROM app_notes; CREATE INDEX app_sums_index ON app_sums (count);
  GRANT SELECT ON app_view, app_sums TO PUBLIC; COMMENT ON VIEW app_view IS 'a view';
  CREATE FUNCTION app_code(i bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'N-' || i $$;
  COMMENT ON FUNCTION app_code IS 'a function'; GRANT EXECUTE ON FUNCTION app_code TO PUBLIC;
  REVOKE EXECUTE ON FUNCTION app_code FROM PUBLIC;
  CREATE PROCEDURE app_do() LANGUAGE sql AS $$ SELECT 1 $$;
  CREATE FUNCTION app_touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
  CREATE TRIGGER app_trigger BEFORE UPDATE ON app_notes FOR EACH ROW EXECUTE FUNCTION app_touch();
  COMMENT ON TRIGGER app_trigger ON app_notes IS 'a trigger';
  CREATE DOMAIN app_short AS text CHECK (length(VALUE) < 10);
  CREATE TABLE app_coded (id bigint PRIMARY KEY, code text DEFAULT app_code(1));
  CREATE TABLE app_named (name citext);
  CREATE TABLE app_kept_short (s app_short[]);
  CREATE TABLE app_of_coded (coded_id bigint REFERENCES app_coded (id));
  SELECT lo_create(0)`;

const leftOut = [
  ["domain", "app_short"],
  ["extension", "citext"],
  ["extension", "postgres_fdw"],
  ["foreign server", "elsewhere"],
  ["foreign table", "app_far"],
  ["function", "app_code(bigint)"],
  ["function", "app_touch()"],
  ["large objects", "1"],
  ["materialized view", "app_sums"],
  ["procedure", "app_do()"],
  ["schema", "Other one"],
  ["table", "app_coded"],
  ["table", "app_kept_short"],
  ["table", "app_named"],
  ["table", "app_of_coded"],
  ["trigger", "app_trigger on app_notes"],
  ["view", "app_view"],
].map(([kind, name]) => ({ kind, name }));

describeOnEachEngine("What is not NERVE's in its database", (context) => {
  beforeAll(async () => {
    await createTestUser(context.db);
    if (context.engine === "postgres") await onServer(beside);
  });

  async function onServer(sql: string): Promise<pg.QueryResult> {
    const client = new pg.Client({ connectionString: context.url });
    await client.connect();
    try {
      return await client.query(sql);
    } finally {
      await client.end();
    }
  }

  test("keeps no backup from being verified, and is named in what it tells", async () => {
    const { backupPath, verified, ...made } = await createBackup(context.db, {
      folder: await mkdtemp(join(folder, "b-")),
    });
    expect(verified).toBe(true);
    if (context.engine === "sqlite") {
      expect(made.leftOut).toEqual([]); // The file is copied whole.
      return;
    }
    expect(
      made.leftOut.toSorted((one, other) => one.kind.localeCompare(other.kind) || one.name.localeCompare(other.name)),
    ).toEqual(leftOut);
    expect((await getBackupInfo(backupPath)).leftOut).toEqual(made.leftOut);
    expect(made.rowCounts["app_notes"]).toBe(1);
    const { tables } = await previewRestore(context.db, backupPath);
    expect(tables.find(({ table }) => table === "app_coded")).toBeUndefined();
  });

  test("makes nothing unhealthy", async () => {
    const { tables, alerts, leftOut: told } = await runHealthCheck(context.db);
    expect(tables.errors).toEqual([]);
    expect(told).toHaveLength(context.engine === "sqlite" ? 0 : leftOut.length);
    await optimizeDatabase(context.db);
    expect(alerts.filter(({ level }) => level === "critical")).toEqual([]);
  });

  test("is not left with the old tables by a restore: what depends on them is named, and nothing changed", async () => {
    if (context.engine === "sqlite") return; // There is nothing beside.
    const { backupPath } = await createBackup(context.db, { folder: await mkdtemp(join(folder, "b-")), verify: false });
    await createTestUser(context.db);
    const users = await countRows(context.db, "users");
    await onServer("CREATE FUNCTION app_of(app_notes) RETURNS text LANGUAGE sql AS 'SELECT 1::text'");
    await expect(restoreBackup(context.db, backupPath, { confirm: true })).rejects.toMatchObject({
      code: "BACKUP_FAILED",
      message: expect.stringMatching(/function app_of\(app_notes\).*Take it out/),
    });
    expect(await countRows(context.db, "users")).toBe(users);
  });

  test("stays where it is when the tables are restored", async () => {
    if (context.engine === "sqlite") return; // There is nothing beside.
    const { backupPath, rowCounts } = await createBackup(context.db, {
      folder: await mkdtemp(join(folder, "b-")),
      verify: false,
    });
    await onServer(`DROP FUNCTION app_of; CREATE VIEW app_view_of_view AS SELECT * FROM app_view;
      CREATE TABLE "Other one".of_users (code text DEFAULT public.app_code(1), user_id bigint REFERENCES users (id))`);
    await createTestUser(context.db);
    await onServer("UPDATE app_notes SET note = 'changed'; INSERT INTO app_coded VALUES (5)");
    const { preRestoreBackup, kept } = await restoreBackup(context.db, backupPath, { confirm: true });
    expect(kept).toBeNull();
    expect((await getBackupInfo(preRestoreBackup ?? "")).rowCounts["users"]).toBe((rowCounts["users"] ?? 0) + 1);
    expect(await countRows(context.db, "users")).toBe(rowCounts["users"]);
    await createTestUser(context.db);
    const { rows } = await onServer(
      `SELECT (SELECT note FROM app_notes) AS note, (SELECT code FROM app_coded) AS code, app_code(2) AS called,
         (SELECT count(*)::int FROM pg_extension WHERE extname = 'citext') AS extensions, to_regclass('"Other one".t')::text AS other,
         (SELECT note FROM app_view_of_view) AS viewed, (SELECT count FROM app_sums) AS sum, obj_description('app_view'::regclass) AS said,
         has_table_privilege('pg_monitor', 'app_view', 'SELECT') AS granted,
         (SELECT count(*)::int FROM pg_trigger WHERE tgname = 'app_trigger' AND tgrelid = 'app_notes'::regclass) AS triggers,
         (SELECT confrelid = 'users'::regclass FROM pg_constraint WHERE conrelid = '"Other one".of_users'::regclass AND contype = 'f') AS refers,
         (SELECT count(*)::int FROM pg_namespace WHERE nspname ~ '^nerve_') AS temporary`,
    );
    expect(rows).toEqual([
      {
        note: "kept",
        code: "N-1",
        called: "N-2",
        extensions: 1,
        other: '"Other one".t',
        temporary: 0,
        viewed: "kept",
        sum: "1",
        said: "a view",
        granted: true,
        triggers: 1,
        refers: true,
      },
    ]);
    const { tables } = await runHealthCheck(context.db);
    expect(tables.errors).toEqual([]);
  });

  test("is not there where the backup is restored into another database", async () => {
    if (context.engine === "sqlite") return; // There is nothing beside.
    const { backupPath, rowCounts } = await createBackup(context.db, { folder: await mkdtemp(join(folder, "b-")) });
    const place = await emptyPlace(context.engine);
    await restoreBackup(place.url, backupPath, { confirm: true, keys: testKeys });
    const restored = await openDatabase(place.url, { keys: testKeys });
    expect(await countRows(restored, "users")).toBe(rowCounts["users"]);
    expect((await runHealthCheck(restored)).tables.errors).toEqual([]);
    await restored.close();
    await place.remove();
  });
});
