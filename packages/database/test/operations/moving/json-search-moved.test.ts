import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { getAuditLogs } from "../../../src/audit/get-audit-logs.ts";
import type { Handle } from "../../../src/database/handle.ts";
import { openDatabase } from "../../../src/opening/open-database.ts";
import { fetchAll, runQuery } from "../../../src/database/statement.ts";
import { transaction } from "../../../src/database/transaction.ts";
import type { EngineName } from "../../../src/engines/port/engine.ts";
import { createBackup, previewRestore, restoreBackup } from "../../../src/operations/backup/index.ts";
import { getDatabaseStats } from "../../../src/operations/health/index.ts";
import { copyDatabase, importLegacy } from "../../../src/operations/moving/index.ts";
import { getSecurityEvents } from "../../../src/security/index.ts";
import { testClock } from "../../support/clock.ts";
import { describeOnEachEngine, emptyPlace, migratedPlace, engineNames, testKeys } from "../../support/engines.ts";
import {
  foundIds,
  holds,
  indexEntries,
  jsonFilters,
  searchedDocuments,
  writeDocuments,
} from "../../support/json-search.ts";

const legacyFile = join(dirname(fileURLToPath(import.meta.url)), "../../fixtures/legacy/ghost_small.db");
const directions = engineNames.flatMap((from) => engineNames.map((to): [EngineName, EngineName] => [from, to]));
const options = { clock: testClock(), keys: testKeys, synchronous: "normal" } as const;
const filters = jsonFilters().filter((_, index) => index % 7 === 0);

async function answers(db: Handle) {
  const found: Awaited<ReturnType<typeof foundIds>>[] = [];
  for (const filter of filters) found.push(await foundIds(db, filter));
  return found;
}

describe.each(directions)("JSON that was copied from %s to %s", (fromEngine, toEngine) => {
  test.each([
    ["a large table, whose index is made after its rows", 3],
    ["a small table, whose index is kept meanwhile", 1],
  ])("is found as before: %s", async (_, times) => {
    const [from, to] = [await migratedPlace(fromEngine), await emptyPlace(toEngine)];
    const source = await openDatabase(from.url, options);
    const documents = Array.from({ length: times }, searchedDocuments).flat();
    await transaction(source, (tx) => writeDocuments(tx, documents));
    const summary = await copyDatabase(source, to.url);
    expect(summary.tables.every(({ checksumMatch }) => checksumMatch)).toBe(true);
    const target = await openDatabase(to.url, { ...options, migrations: "refuse" });
    expect(await answers(target)).toEqual(await answers(source));
    if (fromEngine === "sqlite" && toEngine === "sqlite") {
      expect(await indexEntries(target)).toEqual(await indexEntries(source));
    }
    await writeDocuments(target, [{ copied: "later" }], 5000);
    expect((await foundIds(target, { copied: "later" })).events).toEqual([5000]);
    await runQuery(target, target.sql.deleteFrom("security_events"));
    await runQuery(target, target.sql.deleteFrom("audit_logs"));
    expect(await indexEntries(target)).toEqual([]);
    await target.close();
    await source.close();
    await Promise.all([from.remove(), to.remove()]);
  });
});

describeOnEachEngine("JSON", (context) => {
  test("that was restored is found as before, and what came after the backup is not", async () => {
    const { db } = context;
    const folder = await mkdtemp(join(tmpdir(), "nerve-search-"));
    // The database has not given these ids: it begins with 1 when the restore is recorded.
    const firstId = 10_000;
    await transaction(db, (tx) => writeDocuments(tx, searchedDocuments(), firstId));
    const before = await answers(db);
    const { backupPath, rowCounts } = await createBackup(db, { folder });
    expect(Object.keys(rowCounts).filter((name) => name.endsWith("_search"))).toEqual([]);
    await runQuery(db, db.sql.deleteFrom("security_events").where("id", "<", firstId + 200));
    await writeDocuments(db, [{ late: true }], 5000);
    expect((await foundIds(db, { late: true })).events).toEqual([5000]);
    await previewRestore(db, backupPath);
    await restoreBackup(db, backupPath, { confirm: true, asItWas: true });
    expect(await answers(db)).toEqual(before);
    expect((await foundIds(db, { late: true })).events).toEqual([]);
    await writeDocuments(db, [{ restored: 1 }], 5000);
    expect((await foundIds(db, { restored: 1 })).logs).toEqual([5000]);
    const { tableCounts } = await getDatabaseStats(db);
    expect(Object.keys(tableCounts).filter((name) => name.endsWith("_search"))).toEqual([]);
    await rm(folder, { recursive: true });
  });
});

describeOnEachEngine("JSON of an older system", (context) => {
  test("is found once it was imported, by each of its members", async () => {
    const { db } = context;
    await importLegacy(db, { file: legacyFile });
    const lists = [
      { table: "security_events", list: getSecurityEvents, all: { hours: 87_600 } },
      { table: "audit_logs", list: getAuditLogs, all: {} },
    ] as const;
    let members = 0;
    for (const { table, list, all } of lists) {
      const rows = await fetchAll(db, db.sql.selectFrom(table).select(["id", "metadata_json"]).orderBy("id"));
      for (const { metadataJson } of rows) {
        for (const [key, value] of Object.entries(metadataJson ?? {})) {
          if (typeof value === "object" && value !== null) continue;
          const metadata = { [key]: value as string };
          const expected = rows.filter((row) => holds(row.metadataJson, metadata)).map(({ id }) => id);
          const { items } = await list(db, { metadata, ...all, limit: 1000 });
          expect(items.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(expected);
          members += 1;
        }
      }
    }
    expect(members).toBeGreaterThan(0);
  });
});
