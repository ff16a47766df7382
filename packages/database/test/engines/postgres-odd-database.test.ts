import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, runOnServer, type TestDatabase } from "../../../../test/support/test-databases.ts";
import { createApiKey, validateApiKey } from "../../src/identity/api-keys/index.ts";
import { validateSession } from "../../src/identity/sessions/index.ts";
import { signIn } from "../../src/identity/sign-in/sign-in.ts";
import { type Database, openDatabase } from "../../src/index.ts";
import { migrations } from "../../src/migrations/index.ts";
import { migrate } from "../../src/migrations/migrator.ts";
import { createBackup, restoreBackup } from "../../src/operations/backup/index.ts";
import { runHealthCheck } from "../../src/operations/health/index.ts";
import { copyDatabase } from "../../src/operations/moving/index.ts";
import { optimizeDatabase } from "../../src/operations/performance/index.ts";
import { countHits, getSecurityEvents, logSecurityEvent } from "../../src/security/index.ts";
import { tables } from "../../src/schema/tables.ts";
import { fill, freshDatabase, readAll } from "../operations/moving/awkward-database.ts";
import { createTestUser, testPassword, uniqueWord } from "../support/people/accounts.ts";
import { testKeys } from "../support/engines.ts";
import { rollBackBefore } from "../support/roll-back.ts";
import { countRows } from "../support/rows.ts";

/** What a role, or the server, may be set to for the sake of others. */
const settings = [
  "statement_timeout = '2ms'",
  "lock_timeout = '2ms'",
  "search_path = nerve, public",
  "default_transaction_isolation = 'serializable'",
  "default_transaction_deferrable = on",
  "timezone = 'Asia/Kolkata'",
  "datestyle = 'SQL, DMY'",
  "intervalstyle = 'sql_standard'",
  "bytea_output = 'escape'",
  "extra_float_digits = -3",
  "standard_conforming_strings = off",
  "quote_all_identifiers = on",
  "transform_null_equals = on",
  "client_min_messages = 'debug1'",
];

describe("A PostgreSQL database that NERVE shares, in a schema of its own, as a role with odd settings", () => {
  let folder: string;
  let place: TestDatabase;
  let role: string;
  let db: Database;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nerve-odd-test-"));
    place = await createTestDatabase({ empty: true });
    role = uniqueWord();
    await onServer(`CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT CREATE ON DATABASE ${place.name} TO ${role};
      CREATE SCHEMA nerve AUTHORIZATION ${role}; CREATE EXTENSION citext; CREATE EXTENSION pg_stat_statements;
      CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw;
      CREATE FOREIGN TABLE nerve.far (id bigint) SERVER far; CREATE TABLE nerve.closed (a citext);
      CREATE TABLE public.users (id int); CREATE SCHEMA other; CREATE TABLE other.users (id int)`);
    for (const setting of settings) await onServer(`ALTER ROLE ${role} IN DATABASE ${place.name} SET ${setting}`);
    const url = Object.assign(new URL(place.url), { username: role, password: "x" }).href;
    db = await openDatabase(url, { keys: testKeys });
    await fill(db);
    for (const table of tables) await db.connection.dialect.continueIds(db.executor, table);
  });
  afterAll(async () => {
    await db.close();
    await onServer(`DROP OWNED BY ${role} CASCADE`);
    await place.drop();
    await using other = await createTestDatabase({ empty: true });
    await onServer(`DROP ROLE ${role}`, other.url);
    await rm(folder, { recursive: true, force: true });
  });

  const onServer = (sql: string, at = place.url): Promise<unknown[]> => runOnServer(at, sql);

  test("keeps every value as the other engine does, and is copied there", async () => {
    const content = await readAll(db);
    await using other = await freshDatabase("sqlite");
    await fill(other.db);
    expect(await readAll(other.db)).toEqual(content);
    await using target = await freshDatabase("sqlite");
    const summary = await copyDatabase(db, target.db, {});
    expect(summary.tables.filter(({ checksumMatch }) => checksumMatch !== true)).toEqual([]);
    expect(await readAll(target.db)).toEqual(content);
  });

  test("lets people in, lists and searches, and counts what comes at the same time", async () => {
    const { id, email } = await createTestUser(db, { role: "super_admin" });
    const signedIn = await signIn(db, { email, password: testPassword, ipAddress: "192.0.2.7" });
    const token = signedIn.status === "signed-in" ? signedIn.session.token : "";
    expect(await validateSession(db, token)).toMatchObject({ userId: id });
    const { key } = await createApiKey(db, { userId: id, name: "odd", permissions: ["*"] });
    expect(await validateApiKey(db, key)).not.toBeNull();
    await Promise.all(Array.from({ length: 20 }, () => countHits(db, { name: "odd", windowMs: 60_000 })));
    expect((await countHits(db, { name: "odd", windowMs: 60_000 })).hits).toBe(21);
    await logSecurityEvent(db, {
      eventType: "odd",
      severity: "low",
      description: "odd",
      userId: id,
      metadata: { colour: "blue\\'" },
    });
    const { items } = await getSecurityEvents(db, { metadata: { colour: "blue\\'" }, hours: 1 });
    expect(items).toHaveLength(1);
  });

  test("is healthy, tidied up, migrated back and forth, backed up, verified and restored", async () => {
    const { alerts, leftOut } = await runHealthCheck(db);
    expect(alerts.filter(({ level }) => level === "critical")).toEqual([]);
    expect(leftOut).toContainEqual({ kind: "foreign table", name: "far" });
    await optimizeDatabase(db);
    await rollBackBefore(db, migrations.at(-1)?.version ?? "");
    expect(await migrate(db)).toHaveLength(1);
    const { backupPath, verified } = await createBackup(db, { folder });
    expect(verified).toBe(true);
    const users = await countRows(db, "users");
    const content = await readAll(db);
    await createTestUser(db);
    await restoreBackup(db, backupPath, { confirm: true, asItWas: true });
    expect(await countRows(db, "users")).toBe(users);
    expect((await readAll(db))["profiles"]).toEqual(content["profiles"]);
    expect(await onServer("SELECT to_regclass('nerve.far') IS NOT NULL AS stayed")).toEqual([{ stayed: true }]);
  });
});
