import { expect, test } from "vitest";
import { json } from "../../../src/schema/kit/parameters.ts";
import { jsonbText } from "../../../src/engines/postgres/moving/json-text.ts";
import { fetchAll, runQuery } from "../../../src/database/statement.ts";
import { sql } from "kysely";
import { TableChecksum } from "../../../src/engines/shared/checksum.ts";
import { openSqliteSource } from "../../../src/engines/sqlite/moving/source.ts";
import { parseSqliteUrl } from "../../../src/engines/sqlite/connect/location.ts";
import { transaction } from "../../../src/database/transaction.ts";
import { tableNamed } from "../../../src/schema/tables.ts";
import { freshDatabase } from "./awkward-database.ts";

/** Numbers and spacing as other programs write them; JSON.stringify writes none of these. */
const foreignDocuments = [
  "1e2",
  "1.50",
  "-0",
  "-0.0",
  "0.10",
  "1E-3",
  "1.5e3",
  "12e-1",
  "-2.50E+1",
  "0e0",
  "0.0e5",
  "100e-2",
  "1.20e1",
  "12345678901234567890",
  "0.1234567890123456789",
  "1e30",
  "123.456e-10",
  "-1.0e+2",
  "5e-324",
  '  { "b" : 1 ,\n"a":[ ],"a" : {"x":null} }  ',
  String.raw`{"\u00e9":"\u00e9\/\b\f\t\u001f\ud83d\ude00","e\"":"\\","":0,"long":true,"lo":false}`,
  '[[],[1,[2]],{},""]',
];

test("a JSON text is written as jsonb gives it back", async () => {
  await using target = await freshDatabase("postgres");
  for (const document of foreignDocuments) {
    const query = target.db.sql.selectNoFrom(sql<string>`${document}::jsonb::text`.as("stored"));
    expect({ document, stored: jsonbText(document) }).toEqual({
      document,
      stored: (await fetchAll(target.db, query))[0]?.stored,
    });
  }
});

test("the server and this package hash rows alike, whatever the values", async () => {
  await using target = await freshDatabase("postgres");
  const { db } = target;
  const table = tableNamed("profiles");
  if (table === undefined) throw new Error("There is no such table.");
  const rows = Array.from({ length: 120 }, (_, index) => {
    const number = (index % 2 === 0 ? 1 : -1) * Math.trunc(1.39 ** index);
    const text = "é".repeat(index % 3) + "x".repeat(index);
    const time = Math.max(Math.min(number, 8e12), -6e13);
    return table.columnList.map(({ name, kind, reference, notNull }) => {
      if (reference !== undefined) return null;
      if (name === "id") return `${index}`;
      if (notNull !== true && (index + name.length) % 5 === 0) return null;
      if (kind === "integer") return Math.max(Math.min(number, Number.MAX_SAFE_INTEGER), Number.MIN_SAFE_INTEGER);
      if (kind === "float") return index === 7 ? -0 : number / 7;
      if (kind === "boolean") return index % 2;
      if (kind === "datetime") return time;
      return kind === "json" ? (foreignDocuments[index % foreignDocuments.length] ?? null) : text;
    });
  });
  const checksum = new TableChecksum(table, jsonbText);
  await transaction(db, (tx) => tx.executor.load({ table, batches: [rows], checksum }));
  expect(checksum.value.rows).toBe(120);
  expect(await db.connection.dialect.tableChecksum(db.executor, table)).toEqual(checksum.value);
  const again = new TableChecksum(table, jsonbText);
  for (const row of rows) again.add(row);
  expect(again.value).toEqual(checksum.value);
  await runQuery(db, db.sql.updateTable("profiles").set({ notes: "tampered" }).where("id", "=", "63"));
  expect(await db.connection.dialect.tableChecksum(db.executor, table)).not.toEqual(checksum.value);
});

test("a source keeps showing the moment at which it was opened", async () => {
  await using place = await freshDatabase("sqlite");
  const { db } = place;
  const source = await db.connection.openSource();
  const table = tableNamed("audit_logs");
  if (table === undefined) throw new Error("There is no such table.");
  const entry = { action: "later", metadata_json: json({}), created_at: new Date(0) };
  await runQuery(db, db.sql.insertInto("audit_logs").values(entry));
  expect(await source.count(table)).toBe(0);
  await source.close();
  await expect(openSqliteSource(parseSqliteUrl("sqlite:/nowhere/at-all.db"))).rejects.toMatchObject({
    code: "CONNECTION_FAILED",
  });
});
