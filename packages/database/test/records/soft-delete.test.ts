import { expect, test } from "vitest";
import { getAuditLogs } from "../../src/audit/get-audit-logs.ts";
import type { Handle } from "../../src/database/handle.ts";
import { fetchAll, fetchFirst, runQuery } from "../../src/database/statement.ts";
import { batchInsert } from "../../src/records/batch-insert.ts";
import { purgeSoftDeleted } from "../../src/upkeep/purge-soft-deleted.ts";
import { restore, softDelete } from "../../src/records/soft-delete.ts";
import type { TableName } from "../../src/schema/tables.ts";
import { createTestCompany, createTestUser } from "../support/people/accounts.ts";
import { describeOnEachEngine } from "../support/engines.ts";

const addProfiles = (db: Handle, ...ids: string[]) =>
  batchInsert(
    db,
    "profiles",
    ids.map((id) => ({ id, name: id })),
  );
const readProfile = (db: Handle, id: string) =>
  fetchFirst(db, db.sql.selectFrom("profiles").select(["deleted_at", "is_active", "updated_at"]).where("id", "=", id));
const profileIds = async (db: Handle) =>
  (await fetchAll(db, db.sql.selectFrom("profiles").select("id").orderBy("id"))).map(({ id }) => id);

describeOnEachEngine("Soft delete", (context) => {
  test("marks a record, and restore brings it back; each once, with its audit row", async () => {
    const { db, clock } = context;
    await addProfiles(db, "ada");
    clock.advance({ days: 1 });
    const { id: userId } = await createTestUser(db);
    expect(await softDelete(db, "profiles", "ada", { actor: { userId } })).toBe(true);
    expect(await softDelete(db, "profiles", "ada")).toBe(false);
    const now = clock.now();
    expect(await readProfile(db, "ada")).toEqual({ deletedAt: now, isActive: false, updatedAt: now });
    expect(await restore(db, "profiles", "ada")).toBe(true);
    expect(await restore(db, "profiles", "ada")).toBe(false);
    expect(await readProfile(db, "ada")).toMatchObject({ deletedAt: null, isActive: true });
    const { items } = await getAuditLogs(db, { resourceType: "profiles" });
    expect(items.map(({ action, userId: who, metadataJson }) => [action, who, metadataJson])).toEqual([
      ["record_restored", null, { id: "ada" }],
      ["record_deleted", userId, { id: "ada" }],
      ["records_inserted", null, { table: "profiles", inserted: 1, failed: 0 }],
    ]);
  });

  test("answers false for a record that is not there", async () => {
    expect(await softDelete(context.db, "profiles", "nobody")).toBe(false);
    expect(await restore(context.db, "profiles", "nobody")).toBe(false);
  });

  test.each(["users", "companies", "audit_logs", "sessions", "schema_migrations", "profiles; --", "__proto__"])(
    "attack: refuses the table %s, which has none or a function of its own",
    async (table) => {
      const outcome = softDelete(context.db, table as TableName, 1);
      await expect(outcome).rejects.toMatchObject({ code: "INVALID_INPUT", field: "table" });
      await expect(restore(context.db, table as TableName, 1)).rejects.toMatchObject({ field: "table" });
    },
  );

  test("attack: refuses an id of another type, and options that it does not know", async () => {
    await expect(softDelete(context.db, "profiles", 7)).rejects.toMatchObject({ field: "id" });
    await expect(softDelete(context.db, "asm_scans", "1 OR 1=1")).rejects.toMatchObject({ field: "id" });
    const options = { deleted: false, force: true } as object;
    await expect(softDelete(context.db, "profiles", "ada", options)).rejects.toMatchObject({ field: "force" });
  });
});

describeOnEachEngine("Purging", (context) => {
  test("deletes for good what was deleted long enough ago, and nothing else", async () => {
    const { db, clock } = context;
    await addProfiles(db, "live", "old", "edge", "recent");
    await softDelete(db, "profiles", "old");
    clock.advance({ milliseconds: 1 });
    await softDelete(db, "profiles", "edge");
    clock.advance({ days: 90 });
    await softDelete(db, "profiles", "recent");
    const dry = await purgeSoftDeleted(db, { dryRun: true });
    expect(dry).toEqual({ dryRun: true, total: 1, tables: { profiles: 1 } });
    expect(await profileIds(db)).toHaveLength(4);
    expect(await purgeSoftDeleted(db)).toEqual({ dryRun: false, total: 1, tables: { profiles: 1 } });
    expect(await profileIds(db)).toEqual(["edge", "live", "recent"]);
    clock.advance({ milliseconds: 1 });
    expect(await purgeSoftDeleted(db, { olderThanDays: 0 })).toMatchObject({ total: 2 });
    expect(await profileIds(db)).toEqual(["live"]);
  });

  test("writes one audit row for what it deleted, and none for nothing", async () => {
    const { db, clock } = context;
    const logged = async () => (await getAuditLogs(db, { action: "records_purged" })).items;
    const known = (await logged()).length;
    await purgeSoftDeleted(db, { olderThanDays: 5 });
    expect(await logged()).toHaveLength(known);
    await addProfiles(db, "audited");
    await softDelete(db, "profiles", "audited");
    clock.advance({ days: 6 });
    await purgeSoftDeleted(db, { olderThanDays: 5, dryRun: true });
    expect(await logged()).toHaveLength(known);
    await purgeSoftDeleted(db, { olderThanDays: 5 });
    const [row] = await logged();
    expect(row).toMatchObject({ metadataJson: { olderThanDays: 5, tables: { profiles: 1 } } });
  });

  test("takes what belongs to a row with it, and keeps a user whom a row must name until it is gone", async () => {
    const { db, clock } = context;
    const { id: companyId } = await createTestCompany(db, { name: "purged.example" });
    const { id: named } = await createTestUser(db);
    const { id: free } = await createTestUser(db);
    const watched = { companyId, createdByUserId: named, emailAddress: "watched@example.org", monitorScope: "company" };
    expect(await batchInsert(db, "monitored_emails", [watched])).toMatchObject({ inserted: 1 });
    const deletion = { deleted_at: clock.now(), is_active: false };
    await runQuery(db, db.sql.updateTable("users").set(deletion).where("id", "in", [named, free]));
    clock.advance({ days: 91 });
    const userIds = async () =>
      (await fetchAll(db, db.sql.selectFrom("users").select("id").where("id", "in", [named, free]))).map(
        ({ id }) => id,
      );
    expect(await purgeSoftDeleted(db)).toMatchObject({ tables: { users: 1 } });
    expect(await userIds()).toEqual([named]);
    await runQuery(db, db.sql.updateTable("companies").set(deletion).where("id", "=", companyId));
    expect(await purgeSoftDeleted(db)).toMatchObject({ tables: { companies: 1 } });
    expect(await fetchAll(db, db.sql.selectFrom("monitored_emails").select("id"))).toEqual([]);
    expect(await purgeSoftDeleted(db)).toMatchObject({ tables: { users: 1 } });
    expect(await userIds()).toEqual([]);
  });

  test("deletes more rows than one statement takes", async () => {
    const { db, clock } = context;
    await addProfiles(db, ...Array.from({ length: 2100 }, (_, index) => `many-${index}`));
    await runQuery(db, db.sql.updateTable("profiles").set({ deleted_at: clock.now() }).where("id", "like", "many-%"));
    clock.advance({ days: 91 });
    expect(await purgeSoftDeleted(db)).toMatchObject({ total: 2100 });
  });

  test.each([{ olderThanDays: -1 }, { olderThanDays: 0.5 }, { dryRun: "yes" }, { tables: ["users"] }])(
    "refuses the options %j",
    async (options) => {
      const outcome = purgeSoftDeleted(context.db, options as object);
      await expect(outcome).rejects.toMatchObject({ code: "INVALID_INPUT", field: Object.keys(options)[0] });
    },
  );
});
