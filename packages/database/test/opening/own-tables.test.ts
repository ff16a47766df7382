import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql as raw } from "kysely";
import { expect, expectTypeOf, test } from "vitest";
import { createCompany } from "../../src/identity/companies/index.ts";
import {
  fetchAll,
  fetchFirst,
  fetchPage,
  json,
  pageOrder,
  type PageParameters,
  runQuery,
  shapedStatement,
  statement,
} from "../../src/database/index.ts";
import { forLaggingReads } from "../../src/database/handle.ts";
import { atomic, transaction } from "../../src/database/transaction.ts";
import { getMigrationStatus } from "../../src/migrations/migrator.ts";
import { writeTable } from "../../src/migrations/write-table.ts";
import { createBackup, restoreBackup, verifyBackup } from "../../src/operations/backup/index.ts";
import { checkForeignKeyConstraints, checkTableIntegrity } from "../../src/operations/health/index.ts";
import { copyDatabase } from "../../src/operations/moving/index.ts";
import { openDatabase } from "../../src/opening/open-database.ts";
import type { SchemaWith } from "../../src/schema/registry.ts";
import { id, string, table } from "../../src/schema/index.ts";
import type { Kysely } from "kysely";
import { describeOnEachEngine, emptyPlace, migratedPlace, type engineNames } from "../support/engines.ts";
import { openWithTags, ownMigrations, ownTables, tags } from "../support/own-tables.ts";

type Db = SchemaWith<typeof ownTables>;

const insertTag = statement(
  (sql: Kysely<Db>, tag: { companyId: number; tagWord: string; expiresAt: Date; now: Date }) =>
    sql
      .insertInto("tags")
      .values({
        company_id: tag.companyId,
        tag_word: tag.tagWord,
        is_pinned: true,
        expires_at: tag.expiresAt,
        details: json({ colour: "red", weights: [1, 2] }),
        tag_rank: 7,
        created_at: tag.now,
      })
      .returningAll(),
);

const tagsOf = statement((sql: Kysely<Db>, { companyId }: { companyId: number }) =>
  sql
    .selectFrom("tags")
    .innerJoin("companies", "companies.id", "tags.company_id")
    .select(["tags.id", "tags.tag_word", "tags.is_pinned", "tags.details", "tags.tag_rank", "companies.name"])
    .where("tags.company_id", "=", companyId)
    .orderBy("tags.id"),
);

const noon = new Date("2026-03-04T12:00:00.123Z");

async function withTags<T>(
  url: string,
  work: (db: Awaited<ReturnType<typeof openWithTags>>) => Promise<T>,
): Promise<T> {
  const db = await openWithTags(url);
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

async function addTag(db: Awaited<ReturnType<typeof openWithTags>>, tagWord: string) {
  const name = `Company ${tagWord}`;
  const { id: companyId } = await createCompany(db, { name, primaryDomain: `${tagWord}.example` });
  return insertTag.one(db, { companyId, tagWord, expiresAt: noon, now: noon });
}

describeOnEachEngine("A database with tables of an application", (context) => {
  const other = ["sqlite", "postgres"].find((engine) => engine !== context.engine) as (typeof engineNames)[number];

  test("decodes their rows as it does its own: flags, times, JSON and names", async () => {
    await withTags(context.url, async (db) => {
      const row = await addTag(db, "decoded");
      const { details, ...rest } = row;
      expect(rest).toEqual({
        id: expect.any(Number),
        companyId: expect.any(Number),
        tagWord: "decoded",
        isPinned: true,
        expiresAt: noon,
        importance: 7,
        createdAt: noon,
      });
      expect(details).toEqual({ colour: "red", weights: [1, 2] });
      expectTypeOf(row.isPinned).toEqualTypeOf<boolean>();
      expectTypeOf(row.importance).toEqualTypeOf<number | null>();
      expect(await tagsOf.all(db, { companyId: row.companyId })).toEqual([
        { id: row.id, tagWord: "decoded", isPinned: true, details, importance: 7, name: "Company decoded" },
      ]);
    });
  });

  test("finds them in queries, transactions, pages and reads that may lag", async () => {
    await withTags(context.url, async (db) => {
      const { id: tagId, companyId } = await addTag(db, "found");
      await transaction(db, async (tx) => {
        await runQuery(tx, tx.sql.insertInto("tag_uses").values({ tag_id: tagId, used_at: noon }));
        const uses = await fetchAll(tx, tx.sql.selectFrom("tag_uses").selectAll());
        expect(uses).toEqual([{ id: expect.any(Number), tagId, usedAt: noon }]);
      });
      const rename = atomic(async (tx: Parameters<typeof insertTag.one>[0], word: string) =>
        runQuery(tx, tx.sql.updateTable("tags").set({ tag_word: word }).where("id", "=", tagId)),
      );
      expect(await rename(db, "renamed")).toBe(1);
      expect(await fetchFirst(db, db.sql.selectFrom("tags").select("tag_word").where("id", "=", tagId))).toEqual({
        tagWord: "renamed",
      });
      const order = pageOrder(tags, ["created_at", "id"], "desc");
      const list = shapedStatement((sql: Kysely<Db>, p: { companyId: number } & PageParameters) =>
        order.apply(sql.selectFrom("tags").select(["id", "created_at"]).where("company_id", "=", p.companyId), p),
      );
      const request = { list, order, filters: { companyId }, limit: 10 };
      expect((await fetchPage(forLaggingReads(db), request)).items).toEqual([{ id: tagId, createdAt: noon }]);
    });
  });

  test("checks them as its own", async () => {
    await withTags(context.url, async (db) => {
      await addTag(db, "checked");
      const before = await checkTableIntegrity(db);
      expect(before).toMatchObject({ healthy: true, errors: [] });
      expect((await checkForeignKeyConstraints(db)).healthy).toBe(true);
      const { tablesChecked } = await checkTableIntegrity(context.db);
      expect(before.tablesChecked).toBe(tablesChecked + ownTables.length);
      await runQuery(db, compiled(db, 'DROP INDEX "tag_uses_tag_id_index"'));
      expect((await checkTableIntegrity(db)).errors).toEqual([
        { table: "tag_uses", kind: "index-missing", message: "The index tag_uses_tag_id_index is missing." },
      ]);
      expect((await checkTableIntegrity(context.db)).healthy).toBe(true);
      await runQuery(db, compiled(db, 'CREATE INDEX "tag_uses_tag_id_index" ON "tag_uses" ("tag_id")'));
    });
  });

  test("writes what makes them as its migration does", async () => {
    await withTags(context.url, async (db) => {
      const text = ownTables
        .map((one) => writeTable(db, one))
        .join("")
        .replaceAll(/\s+/g, " ")
        .trim();
      const own = ownMigrations[0]?.sql as Record<string, string>;
      expect(text.replaceAll("( ", "(")).toBe(
        own[context.engine]?.replaceAll(/\s+/g, " ").trim().replaceAll("( ", "("),
      );
    });
  });

  test("copies them to the other engine and back, comparing them with what was sent", async () => {
    const there = await emptyPlace(other);
    const back = await emptyPlace(context.engine);
    try {
      await withTags(context.url, async (db) => {
        const row = await addTag(db, "copied");
        await withTags(there.url, async (target) => {
          const trial = await copyDatabase(db, target, { dryRun: true });
          expect(trial.tables.find((one) => one.table === "tags")?.read).toBeGreaterThan(0);
          const summary = await copyDatabase(db, target);
          expect(summary.tables.slice(-2)).toEqual([
            expect.objectContaining({ table: "tags", rejected: 0, checksumMatch: true }),
            expect.objectContaining({ table: "tag_uses", checksumMatch: true }),
          ]);
          const byId = (sql: Kysely<Db>) => sql.selectFrom("tags").selectAll().where("id", "=", row.id);
          expect(await fetchFirst(target, byId(target.sql))).toEqual(row);
          const next = await addTag(target, "next");
          expect(next.id).toBeGreaterThan(row.id);
        });
        await withTags(back.url, async (target) => {
          await copyDatabase(there.url, target);
          const found = await fetchFirst(target, target.sql.selectFrom("tags").selectAll().where("id", "=", row.id));
          expect(found).toEqual(row);
        });
      });
    } finally {
      await Promise.all([there.remove(), back.remove()]);
    }
  });

  test("refuses to copy them into a database that was opened without them", async () => {
    await withTags(context.url, async (db) => {
      await expect(copyDatabase(db, "sqlite::memory:")).rejects.toMatchObject({
        code: "INVALID_INPUT",
        issues: [{ field: "to", message: expect.stringContaining("tags") }],
      });
    });
  });

  test("backs them up, checks the backup, and brings their rows back", async () => {
    const folder = await mkdtemp(join(tmpdir(), "nerve-own-"));
    // Nobody else has it open, as a restore asks.
    const place = await migratedPlace(context.engine);
    try {
      await withTags(place.url, async (db) => {
        const { id: tagId } = await addTag(db, "kept");
        const { backupPath, rowCounts } = await createBackup(db, { folder });
        expect(rowCounts["tags"]).toBeGreaterThan(0);
        expect(await verifyBackup(backupPath, { server: db })).toMatchObject({ verified: true });
        await runQuery(db, db.sql.deleteFrom("tags").where("id", "=", tagId));
        await restoreBackup(db, backupPath, { confirm: true, folder });
        expect(await fetchFirst(db, db.sql.selectFrom("tags").select("tag_word").where("id", "=", tagId))).toEqual({
          tagWord: "kept",
        });
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
      await place.remove();
    }
  });

  test("applies each of their migrations once, and says when one is missing or was edited", async () => {
    const place = await migratedPlace(context.engine);
    const tried = (options: Parameters<typeof openDatabase>[1]) =>
      openDatabase(place.url, options).then((db) => db.close());
    try {
      await (await openDatabase(place.url)).close();
      await expect(tried({ migrations: "refuse", ownMigrations })).rejects.toMatchObject({ code: "SCHEMA_OUTDATED" });
      await Promise.all([tried({ ownMigrations }), tried({ ownMigrations })]);
      await tried({ migrations: "refuse", ownMigrations });
      const edited = ownMigrations.map((one) => ({ ...one, sql: "SELECT 1" }));
      await expect(tried({ ownMigrations: edited })).rejects.toMatchObject({ code: "MIGRATION_EDITED" });
      await expect(tried({ ownMigrations: [...ownMigrations, ...ownMigrations] })).rejects.toMatchObject({
        code: "INVALID_INPUT",
      });
      await withTags(place.url, async (db) => {
        const { applied, pending } = await getMigrationStatus(db);
        expect(applied.at(-1)?.version).toBe("2026-05-tags");
        expect(pending).toEqual([]);
      });
    } finally {
      await place.remove();
    }
  });
});

function compiled(db: { sql: Kysely<Db> }, text: string) {
  return { compile: () => raw.raw(text).compile(db.sql) };
}

const columns = { id: id() };
test.each([
  ["a name of NERVE's", [table("users", { description: "Mine." }, columns)]],
  ["a name of what keeps the database in order", [table("schema_migrations", { description: "Mine." }, columns)]],
  ["a name that is there twice", [tags, tags]],
  ["a table before the one that it refers to", ownTables.toReversed()],
  [
    "a column whose name in SQL is another property's elsewhere",
    [table("notes", { description: "Mine." }, { ...columns, domain: string(9).named("primary_domain") })],
  ],
])("%s is refused", async (_, own) => {
  await expect(openDatabase("sqlite::memory:", { tables: own })).rejects.toMatchObject({
    code: "INVALID_INPUT",
    issues: [{ field: "tables", message: expect.any(String) }],
  });
});
