import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { transaction } from "../../../src/database/transaction.ts";
import { createBackup, restoreBackup, verifyBackup } from "../../../src/operations/backup/index.ts";
import { checkTableIntegrity, runHealthCheck } from "../../../src/operations/health/index.ts";
import { createTestUser } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { countRows } from "../../support/rows.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-planted-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const trigger = {
  sqlite: `CREATE TRIGGER planted AFTER INSERT ON login_attempts WHEN NEW.user_agent = 'knock'
    BEGIN UPDATE users SET role = 'super_admin' WHERE id = NEW.user_id; END`,
  postgres: `CREATE FUNCTION planted_work() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN UPDATE users SET role = 'super_admin' WHERE id = NEW.user_id; RETURN NEW; END $$;
    CREATE TRIGGER planted AFTER INSERT ON login_attempts FOR EACH ROW EXECUTE FUNCTION planted_work()`,
};

const dropTrigger = {
  sqlite: "DROP TRIGGER planted",
  postgres: "DROP TRIGGER planted ON login_attempts; DROP FUNCTION planted_work",
};

/** What is planted, and what takes it away: a view of the tables, and rules that are none of NERVE's. */
const planted: Record<string, Record<"sqlite" | "postgres", readonly [string, string]>> = {
  "a trigger": { sqlite: [trigger.sqlite, dropTrigger.sqlite], postgres: [trigger.postgres, dropTrigger.postgres] },
  "a view": {
    sqlite: [`CREATE VIEW planted AS SELECT "email" FROM [Users]`, "DROP VIEW planted"],
    postgres: [`CREATE VIEW planted AS SELECT email FROM users`, "DROP VIEW planted"],
  },
  "a trigger on a table of its own": {
    sqlite: [
      `CREATE TABLE planted (id INTEGER PRIMARY KEY) STRICT;
       CREATE TRIGGER planted_trigger AFTER INSERT ON planted BEGIN DELETE FROM "audit_logs"; END`,
      "DROP TABLE planted",
    ],
    postgres: [
      `CREATE TABLE planted (id bigint); CREATE RULE planted_rule AS ON INSERT TO planted DO ALSO DELETE FROM audit_logs`,
      "DROP TABLE planted",
    ],
  },
  "a unique index": {
    sqlite: ["CREATE UNIQUE INDEX planted ON users (role)", "DROP INDEX planted"],
    postgres: ["CREATE UNIQUE INDEX planted ON users ((role || email))", "DROP INDEX planted"],
  },
};

/** What pg_dump is not asked for, or pg_restore leaves in the archive. */
const leftOutOfDumps = new Set(["a view", "a trigger on a table of its own"]);

const rules: Record<string, Record<"sqlite" | "postgres", readonly [string, string] | undefined>> = {
  "a function that an index calls": {
    sqlite: undefined,
    postgres: [
      `CREATE FUNCTION planted(i int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT i'; CREATE INDEX planted_index ON companies (planted(id::int))`,
      "DROP FUNCTION planted CASCADE",
    ],
  },
  "a function that writes to the tables": {
    sqlite: undefined,
    postgres: [
      `CREATE FUNCTION planted() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'UPDATE Public."users" SET role = $1' USING 'super_admin'; END $$`,
      "DROP FUNCTION planted",
    ],
  },
  "a function that takes the place of PostgreSQL's own": {
    sqlite: undefined,
    postgres: [
      `CREATE FUNCTION lower(varchar) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT pg_catalog.lower($1)'`,
      "DROP FUNCTION lower(varchar)",
    ],
  },
  "a rule on the values of a column": {
    sqlite: undefined,
    postgres: [
      `ALTER TABLE users ADD CONSTRAINT planted CHECK (query_to_xml('SELECT 1', true, true, '') IS NOT NULL)`,
      "ALTER TABLE users DROP CONSTRAINT planted",
    ],
  },
  "a policy that lets everybody see everything": {
    sqlite: undefined,
    postgres: ["CREATE POLICY planted ON users USING (true)", "DROP POLICY planted ON users"],
  },
  "row security that is off": {
    sqlite: undefined,
    postgres: ["ALTER TABLE users DISABLE ROW LEVEL SECURITY", "ALTER TABLE users ENABLE ROW LEVEL SECURITY"],
  },
  "a value that a column of somebody's gets by a call": {
    sqlite: undefined,
    postgres: ["ALTER TABLE users ADD COLUMN planted text DEFAULT version()", "ALTER TABLE users DROP COLUMN planted"],
  },
  "an event trigger": {
    sqlite: undefined,
    postgres: [
      `CREATE FUNCTION planted() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
       CREATE EVENT TRIGGER planted ON ddl_command_end EXECUTE FUNCTION planted()`,
      "DROP EVENT TRIGGER planted; DROP FUNCTION planted",
    ],
  },
  "a column whose rule was taken away": {
    sqlite: [
      `PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'CHECK ("role" IN (', 'CHECK ("role" NOT IN (''x'', ') WHERE name = 'users'`,
      `PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'NOT IN (''x'', ', 'IN (') WHERE name = 'users'; PRAGMA writable_schema = RESET`,
    ],
    postgres: undefined,
  },
};

describeOnEachEngine("Something planted in the schema", (context) => {
  const script = async (sql: string) => {
    if (!sql.startsWith("PRAGMA")) return transaction(context.db, (tx) => tx.executor.script(sql));
    const { DatabaseSync } = await import("node:sqlite");
    using raw = new DatabaseSync(context.url.replace("sqlite:", ""), { defensive: false });
    return raw.exec(sql);
  };
  beforeAll(() => createTestUser(context.db));

  test("is looked for in vain in a sound database, own tables, columns and views of them included", async () => {
    await script(`CREATE TABLE app_notes (id INTEGER PRIMARY KEY, note text);
      CREATE VIEW app_view AS SELECT note FROM app_notes; ALTER TABLE users ADD COLUMN app_colour text DEFAULT 'red';
      CREATE INDEX app_index ON users (app_colour)`);
    expect((await checkTableIntegrity(context.db)).errors).toEqual([]);
    await script("DROP VIEW app_view; DROP TABLE app_notes");
  });

  test("is not a view or trigger whose text only has the name of a table in it", async () => {
    if (context.engine === "postgres") return; // It asks the catalogue.
    await script(`CREATE TABLE app_notes (id INTEGER PRIMARY KEY, users text, sessions text);
      CREATE VIEW app_view AS SELECT a.users, sessions, 'from companies' AS "users, devices" -- from users
        FROM app_notes a, (SELECT max(users, sessions) AS breaches FROM app_notes /* join users */) WHERE sessions IN ('a', users);
      CREATE TRIGGER app_trigger AFTER UPDATE OF users ON app_notes BEGIN
        UPDATE OR IGNORE app_notes SET users = NEW.sessions, sessions = 'update users' WHERE users IS NOT NULL;
        INSERT INTO app_notes (users, sessions) VALUES ('into users', NEW.users); END`);
    expect((await checkTableIntegrity(context.db)).errors).toEqual([]);
    await script("DROP VIEW app_view; DROP TABLE app_notes");
  });

  test.each([
    `SELECT * FROM app_notes, users`,
    `SELECT * FROM (app_notes CROSS JOIN "Users")`,
    `SELECT 1 FROM app_notes n JOIN app_notes m ON (n.id = m.id), main . [users]`,
    `SELECT 1 FROM app_notes WHERE id IN users`,
    `SELECT 1 FROM app_notes WHERE id IN (SELECT 1 FROM/**/'users')`,
    "WITH own AS (SELECT id FROM `users`) SELECT * FROM own",
    `SELECT id, 'it''s' FROM app_notes UNION SELECT id, email FROM users`,
    `SELECT count(*) FROM app_notes, (SELECT 1), users`,
  ])("attack: a view is found that reads a table by %s", async (query) => {
    if (context.engine === "postgres") return; // It asks the catalogue.
    await script(`CREATE TABLE app_notes (id INTEGER PRIMARY KEY); CREATE VIEW planted AS ${query}`);
    const { errors } = await checkTableIntegrity(context.db);
    await script("DROP VIEW planted; DROP TABLE app_notes");
    expect(errors.map(({ kind }) => kind)).toEqual(["object-unknown"]);
  });

  test("is not a function whose text only has the name of a table in it", async () => {
    if (context.engine === "sqlite") return; // It has none.
    await script(`CREATE SCHEMA app; CREATE TABLE app.devices (breaches int, users int);
      CREATE FUNCTION app_count() RETURNS bigint LANGUAGE sql AS $$
        -- Users and their devices, as in 'profiles'.
        SELECT sum(breaches + users) FROM app.devices AS sessions WHERE 'companies' <> '' $$`);
    expect((await checkTableIntegrity(context.db)).errors).toEqual([]);
    await script("DROP FUNCTION app_count; DROP SCHEMA app CASCADE");
  });

  test.each(Object.entries({ ...planted, ...rules }))(
    "attack: %s makes the health check unhealthy",
    async (_, forms) => {
      const form = forms[context.engine];
      if (form === undefined) return; // The other engine has it.
      const [plant, uproot] = form;
      await script(plant);
      const { healthy, tables } = await runHealthCheck(context.db);
      await script(uproot);
      expect(healthy).toBe(false);
      expect(tables.errors.map(({ kind }) => kind)).toContain("object-unknown");
      expect((await checkTableIntegrity(context.db)).errors).toEqual([]);
    },
  );

  test.each(Object.entries(planted))("attack: a backup with %s is good for nothing", async (name, forms) => {
    if (context.engine === "postgres" && leftOutOfDumps.has(name)) return; // It is in none.
    const [plant, uproot] = forms[context.engine];
    const place = await mkdtemp(join(folder, "b-"));
    await script(plant);
    const { backupPath } = await createBackup(context.db, { folder: place, verify: false });
    await expect(createBackup(context.db, { folder: place })).rejects.toMatchObject({ code: "BACKUP_INVALID" });
    await script(uproot);
    const users = await countRows(context.db, "users");
    const refused = { code: "BACKUP_INVALID", message: expect.stringContaining("planted") };
    await expect(verifyBackup(backupPath, { server: context.db })).rejects.toMatchObject(refused);
    await expect(restoreBackup(context.db, backupPath, { confirm: true })).rejects.toMatchObject(refused);
    expect(await countRows(context.db, "users")).toBe(users);
  });

  test.each([...leftOutOfDumps])("attack: no backup of PostgreSQL brings back %s", async (name) => {
    if (context.engine === "sqlite") return; // Its backups hold the whole file, and are refused.
    const [plant, uproot] = planted[name]?.postgres ?? ["", ""];
    await script(plant);
    const { backupPath, leftOut } = await createBackup(context.db, { folder: await mkdtemp(join(folder, "b-")) });
    expect(leftOut).toContainEqual({ kind: expect.any(String), name: expect.stringContaining("planted") });
    await script(uproot);
    await restoreBackup(context.db, backupPath, { confirm: true });
    expect((await checkTableIntegrity(context.db)).errors).toEqual([]);
    await script("DROP TABLE IF EXISTS planted");
  });

  test("a view over the tables is left out of backups, and not lost by a restore", async () => {
    if (context.engine === "sqlite") return; // Its backups hold the whole file.
    const { backupPath } = await createBackup(context.db, { folder: await mkdtemp(join(folder, "b-")), verify: false });
    await script("CREATE VIEW reporting AS SELECT email FROM users");
    await restoreBackup(context.db, backupPath, { confirm: true });
    await script("DROP VIEW reporting");
    expect((await checkTableIntegrity(context.db)).errors).toEqual([]);
  });

  test("is out of the way after a restore, and what was replaced is kept", async () => {
    const place = await mkdtemp(join(folder, "b-"));
    const { backupPath } = await createBackup(context.db, { folder: place });
    await script(trigger[context.engine]);
    const { preRestoreBackup, kept } = await restoreBackup(context.db, backupPath, { confirm: true });
    expect(preRestoreBackup).toBeNull();
    expect(kept).toContain("damaged");
    expect((await checkTableIntegrity(context.db)).errors).toEqual([]);
  });
});
