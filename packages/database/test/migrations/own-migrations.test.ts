import { expect, test } from "vitest";
import { transaction } from "../../src/database/transaction.ts";
import { ConflictError, MigrationError, NotFoundError, ValidationError } from "../../src/errors/index.ts";
import { applyMigration } from "../../src/migrations/apply-migration.ts";
import { getAppliedMigrations, getSchemaVersion, tableExists } from "../../src/migrations/applied.ts";
import { migrations } from "../../src/migrations/index.ts";
import { getMigrationStatus, migrate } from "../../src/migrations/migrator.ts";
import { rollbackMigration } from "../../src/migrations/rollback-migration.ts";
import { describeOnEachEngine } from "../support/engines.ts";

const description = "A test's own";

describeOnEachEngine("A migration of one's own", (context) => {
  test("is applied with its record, and undone by its down script", async () => {
    const { db, clock } = context;
    const sql = "CREATE TABLE tags (name TEXT PRIMARY KEY); INSERT INTO tags VALUES ('a;b');";
    const applied = await applyMigration(db, { version: "tags-1", description, sql, downSql: "DROP TABLE tags" });
    expect(applied).toMatchObject({ version: "tags-1", description, appliedAt: clock.now() });
    expect(applied.digest).toMatch(/^[0-9a-f]{64}$/);
    expect((await getAppliedMigrations(db)).at(-1)).toEqual(applied);
    expect(await getSchemaVersion(db)).toBe(migrations.at(-1)?.version);
    expect((await getMigrationStatus(db)).pending).toEqual([]);
    await rollbackMigration(db, "tags-1");
    expect(await tableExists(db, "tags")).toBe(false);
    expect((await getAppliedMigrations(db)).map(({ version }) => version)).not.toContain("tags-1");
  });

  test("is refused a second time", async () => {
    const { db } = context;
    const migration = { version: "twice", description, sql: "CREATE TABLE twice (a TEXT)" };
    await applyMigration(db, migration);
    const again = applyMigration(db, { ...migration, sql: "DROP TABLE twice" });
    await expect(again).rejects.toBeInstanceOf(ConflictError);
    await expect(again).rejects.toMatchObject({ field: "version", message: "Migration twice was already applied." });
    expect(await tableExists(db, "twice")).toBe(true);
  });

  test("is applied once when two handles apply it at the same time", async () => {
    const other = await context.openAnother();
    const migration = { version: "race", description, sql: "CREATE TABLE race (a TEXT)" };
    const outcomes = await Promise.allSettled([context.db, other].map((db) => applyMigration(db, migration)));
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(outcomes.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "CONFLICT" } });
  });

  test("that fails half way leaves nothing, tables included", async () => {
    const { db } = context;
    const sql = "CREATE TABLE half (a TEXT); INSERT INTO half VALUES ('x'); INSERT INTO no_such_table VALUES (1)";
    const outcome = applyMigration(db, { version: "half", description, sql });
    await expect(outcome).rejects.toBeInstanceOf(MigrationError);
    await expect(outcome).rejects.toMatchObject({ message: "Migration half failed and was rolled back." });
    expect(await tableExists(db, "half")).toBe(false);
    expect((await getAppliedMigrations(db)).map(({ version }) => version)).not.toContain("half");
  });

  test("runs within a transaction of the caller's, and ends with it", async () => {
    const { db } = context;
    const outcome = transaction(db, async (tx) => {
      await applyMigration(tx, { version: "inner", description, sql: "CREATE TABLE inner_one (a TEXT)" });
      expect(await tableExists(tx, "inner_one")).toBe(true);
      throw new Error("after all");
    });
    await expect(outcome).rejects.toThrow("after all");
    expect(await tableExists(db, "inner_one")).toBe(false);
  });

  test("may create a trigger", async () => {
    const { db, engine } = context;
    const trigger = {
      sqlite: `CREATE TRIGGER logged AFTER INSERT ON notes BEGIN
                 INSERT INTO notes_log VALUES (CASE new.text WHEN ';' THEN 'END;' ELSE new.text END);
               END`,
      postgres: `CREATE FUNCTION log_note() RETURNS trigger LANGUAGE plpgsql AS $body$
                   BEGIN INSERT INTO notes_log VALUES (new.text); RETURN new; END;
                 $body$;
                 CREATE TRIGGER logged AFTER INSERT ON notes FOR EACH ROW EXECUTE FUNCTION log_note()`,
    }[engine];
    const sql = `CREATE TABLE notes (text TEXT); CREATE TABLE notes_log (text TEXT); ${trigger};
                 INSERT INTO notes VALUES ('first')`;
    await applyMigration(db, { version: "trigger", description, sql });
    const query = { sql: "SELECT text FROM notes_log", readOnly: true, recurring: false };
    expect(await db.executor.all(query, [])).toEqual([{ text: "first" }]);
  });

  test.each([
    ["a version of four digits", { version: "0010" }, "version"],
    ["a version with blanks", { version: "a b" }, "version"],
    ["an empty version", { version: "" }, "version"],
    ["no description", { description: "" }, "description"],
    ["an empty script", { sql: " -- nothing" }, "sql"],
    ["a script that commits", { sql: "CREATE TABLE t1 (a TEXT); COMMIT; DROP TABLE users" }, "sql"],
    ["a down script that commits", { downSql: "COMMIT" }, "downSql"],
    ["an empty down script", { downSql: "" }, "downSql"],
    ["an unknown field", { force: true }, "force"],
  ])("attack: is refused with %s", async (_, fault, field) => {
    const migration = { version: "refused", description, sql: "CREATE TABLE refused (a TEXT)", ...fault };
    const outcome = applyMigration(context.db, migration);
    await expect(outcome).rejects.toBeInstanceOf(ValidationError);
    await expect(outcome).rejects.toMatchObject({ field });
    expect(await tableExists(context.db, "refused")).toBe(false);
    expect(await tableExists(context.db, "users")).toBe(true);
  });

  test("cannot be rolled back without a down script, below a later one, or when it was never applied", async () => {
    const { db } = context;
    await applyMigration(db, { version: "one-way", description, sql: "CREATE TABLE one_way (a TEXT)" });
    await expect(rollbackMigration(db, "one-way")).rejects.toMatchObject({ code: "NOT_REVERSIBLE" });
    await expect(rollbackMigration(db, "0009")).rejects.toMatchObject({ code: "NOT_REVERSIBLE" });
    await expect(rollbackMigration(db, "never")).rejects.toBeInstanceOf(NotFoundError);
    expect(await tableExists(db, "one_way")).toBe(true);
    expect(await tableExists(db, "uploaded_files")).toBe(true);
  });

  test("stays applied when its down script fails", async () => {
    const { db } = context;
    const sql = "CREATE TABLE sticky (a TEXT)";
    await applyMigration(db, { version: "sticky", description, sql, downSql: "DROP TABLE sticky; DROP TABLE nowhere" });
    await expect(rollbackMigration(db, "sticky")).rejects.toMatchObject({ code: "MIGRATION_FAILED" });
    expect(await tableExists(db, "sticky")).toBe(true);
    expect((await getAppliedMigrations(db)).at(-1)?.version).toBe("sticky");
  });
});

describeOnEachEngine("The package's own migrations", (context) => {
  test("can each be rolled back, newest first, and applied again", async () => {
    const { db } = context;
    for (const { version } of migrations.toReversed()) await rollbackMigration(db, version);
    expect(await tableExists(db, "companies")).toBe(false);
    expect(await getSchemaVersion(db)).toBeNull();
    expect(await migrate(db)).toEqual(migrations.map(({ version }) => version));
  });
});
