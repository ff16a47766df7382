import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { json } from "../../../src/schema/kit/parameters.ts";
import type { EngineName } from "../../../src/engines/port/engine.ts";
import type { Database } from "../../../src/database/handle.ts";
import { openDatabase } from "../../../src/opening/open-database.ts";
import { fetchAll, runQuery } from "../../../src/database/statement.ts";
import { listHolders } from "../../../src/quotas/bounds.ts";
import { copyDatabase, type MovingProgress, type Reject } from "../../../src/operations/moving/index.ts";
import { readSchema } from "../../../src/operations/moving/copy/progress-record.ts";
import { emptyPlace, migratedPlace, engineNames, testKeys, type TestPlace } from "../../support/engines.ts";
import { fill, freshDatabase, now, readAll, stamps } from "./awkward-database.ts";

const directions = engineNames.flatMap((from) => engineNames.map((to): [EngineName, EngineName] => [from, to]));

describe.each(directions)("Copying from %s to %s", (fromEngine, toEngine) => {
  let from: TestPlace;
  let to: TestPlace;
  let source: Database;
  let content: Record<string, unknown[]>;

  beforeAll(async () => {
    from = await migratedPlace(fromEngine);
    to = await emptyPlace(toEngine);
    source = await openDatabase(from.url, { keys: testKeys, synchronous: "normal" });
    await fill(source);
    content = await readAll(source);
  });
  afterAll(async () => {
    await source.close();
    await Promise.all([from.remove(), to.remove()]);
  });

  test("tries it first, and writes nothing", async () => {
    const before = toEngine === "sqlite" ? undefined : await tableNames(to.url);
    const summary = await copyDatabase(from.url, to.url, { dryRun: true });
    expect(summary).toMatchObject({ rejectedTotal: 0, adjustedTotal: 0, sequencesSet: 0 });
    expect(summary.tables.find(({ table }) => table === "security_events")).toMatchObject({
      read: 1200,
      written: 1200,
      checksumMatch: null,
    });
    if (toEngine === "sqlite") expect(existsSync(to.url.replace("sqlite:", ""))).toBe(false);
    else expect(await tableNames(to.url)).toEqual(before);
  });

  test("brings every value as it was, with keys, indexes and next ids", async () => {
    const progress: MovingProgress[] = [];
    const summary = await copyDatabase(from.url, to.url, { onProgress: (step) => progress.push(step) });
    for (const { table, read, written, rejected, checksumMatch } of summary.tables) {
      const rows = content[table]?.length;
      expect({ table, read, written, rejected, checksumMatch }).toEqual({
        table,
        read: rows,
        written: rows,
        rejected: 0,
        checksumMatch: true,
      });
    }
    expect(progress.at(-1)).toMatchObject({ rowsDone: progress.at(-1)?.rowsTotal, secondsLeft: 0 });
    await using target = await openDatabase(to.url, { keys: testKeys, migrations: "refuse" });
    expect(await readAll(target)).toEqual(content);
    await using fresh = await freshDatabase(toEngine);
    expect(await readSchema(target)).toEqual(await readSchema(fresh.db));
    const company = { name: "Next", primary_domain: "next.example", ...stamps };
    expect(await fetchAll(target, target.sql.insertInto("companies").values(company).returning("id"))).toEqual([
      { id: 8 },
    ]);
    const orphan = target.sql
      .insertInto("password_history")
      .values({ user_id: 12, password_hash: "$x$", created_at: now });
    await expect(runQuery(target, orphan)).rejects.toMatchObject({ code: "REFERENCE_VIOLATION" });
  });

  test("left the source as it was", async () => {
    expect(await readAll(source)).toEqual(content);
  });

  test("refuses a target that has rows, tried or in earnest", async () => {
    for (const dryRun of [true, false]) {
      const outcome = copyDatabase(from.url, to.url, { dryRun });
      await expect(outcome).rejects.toMatchObject({ code: "CONFLICT", field: "companies" });
    }
  });

  test("works between open databases, and leaves them open", async () => {
    await using target = await freshDatabase(toEngine);
    // Something was stored there before, and deleted.
    await runQuery(target.db, target.db.sql.insertInto("quota_bounds").values({ id: "company 1", live_rows: 0 }));
    const summary = await copyDatabase(source, target.db);
    expect(await listHolders(target.db)).toEqual([]);
    expect(summary.tables.every(({ checksumMatch }) => checksumMatch)).toBe(true);
    expect(await readAll(target.db)).toEqual(content);
    expect(await readAll(source)).toEqual(content);
  });
});

async function tableNames(url: string): Promise<string[]> {
  await using db = await openDatabase(url, { migrations: "ignore" });
  return await readSchema(db);
}

describe("What PostgreSQL cannot hold", () => {
  test("is left behind with what refers to it, and said", async () => {
    await using source = await freshDatabase("sqlite");
    await using target = await freshDatabase("postgres");
    const { db } = source;
    const user = { password_hash: "$x$", role: "user", ...stamps } as const;
    await runQuery(
      db,
      db.sql.insertInto("users").values([
        { id: 1, email: "good@one.example", ...user },
        { id: 2, email: "bad@one.example", full_name: "N\0L", ...user },
      ]),
    );
    await runQuery(
      db,
      db.sql
        .insertInto("password_history")
        .values([1, 2].map((user_id) => ({ user_id, password_hash: "$x$", created_at: now }))),
    );
    await runQuery(
      db,
      db.sql.insertInto("audit_logs").values([
        { user_id: 2, action: "kept", created_at: now },
        { user_id: 1, action: "nul", metadata_json: json({ a: "\0" }), created_at: now },
        { user_id: 1, action: "half", metadata_json: json(["\ud800"]), created_at: now },
      ]),
    );
    const rejects: Reject[] = [];
    const summary = await copyDatabase(db, target.db, { onReject: (reject) => rejects.push(reject) });
    expect(rejects).toEqual([
      { kind: "rejected", table: "users", key: 2, column: "full_name", reason: "holds a NUL character" },
      {
        kind: "adjusted",
        table: "audit_logs",
        key: 1,
        column: "user_id",
        reason: "refers to a row of users that was rejected",
      },
      {
        kind: "rejected",
        table: "audit_logs",
        key: 2,
        column: "metadata_json",
        reason: "is JSON that cannot be stored: must not hold the NUL character",
      },
      {
        kind: "rejected",
        table: "audit_logs",
        key: 3,
        column: "metadata_json",
        reason: "is JSON that cannot be stored: must be well-formed Unicode",
      },
      {
        kind: "rejected",
        table: "password_history",
        key: 2,
        column: "user_id",
        reason: "refers to a row of users that was rejected",
      },
    ]);
    expect(summary).toMatchObject({ rejectedTotal: 4, adjustedTotal: 1 });
    expect(summary.tables.every(({ checksumMatch }) => checksumMatch)).toBe(true);
    const kept = await fetchAll(target.db, target.db.sql.selectFrom("audit_logs").select(["action", "user_id"]));
    expect(kept).toEqual([{ action: "kept", userId: null }]);
  });
});

describe("A source", () => {
  test("that does not exist is not made", async () => {
    const place = await emptyPlace("sqlite");
    await expect(copyDatabase(place.url, "sqlite::memory:")).rejects.toMatchObject({ code: "CONNECTION_FAILED" });
    expect(existsSync(place.url.replace("sqlite:", ""))).toBe(false);
    await place.remove();
  });

  test.each(engineNames)("on %s without the schema of today is refused, and not migrated", async (engine) => {
    const place = await emptyPlace(engine);
    await (await openDatabase(place.url, { migrations: "ignore" })).close();
    await expect(copyDatabase(place.url, "sqlite::memory:")).rejects.toMatchObject({ code: "SCHEMA_OUTDATED" });
    expect(await tableNames(place.url)).toEqual([]);
    await place.remove();
  });
});
