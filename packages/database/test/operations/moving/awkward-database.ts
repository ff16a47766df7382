import type { EngineName } from "../../../src/engines/port/engine.ts";
import { json } from "../../../src/schema/kit/parameters.ts";
import type { Database } from "../../../src/database/handle.ts";
import { openDatabase } from "../../../src/opening/open-database.ts";
import { fetchAll, runQuery } from "../../../src/database/statement.ts";
import { tables } from "../../../src/schema/tables.ts";
import { emptyPlace, testKeys } from "../../support/engines.ts";

export const now = new Date("2026-03-01T12:00:00.007Z");
export const stamps = { created_at: now, updated_at: now };

/** Text that formats with separators, escapes or a byte limit get wrong. */
const awkwardTexts = [
  "",
  " ",
  "NULL",
  "\\N",
  "\\.",
  "tab\tline\nreturn\rback\\slash",
  "quote ' double \" comma , semicolon ; dollar $1",
  "Ünïcödé — 日本語 — 😀👩‍👩‍👧 — e\u0301",
  "\u0001\u001F\u007F\u0085\u2028\uFEFF",
  "x".repeat(300_000),
];
const awkwardDocuments = [
  { zz: 1, a: [1, 2.5, -0.001, 1e21, 1e-7], long: { b: null, a: true, aa: '"\\\n\t\u0001é😀' } },
  [],
  {},
  "text",
  0,
  false,
  [[[]], { "": "" }],
  { "\u00e9": 1, z: 2, ab: 3, "\n": 4 },
];
const awkwardTimes = [
  "1970-01-01T00:00:00.000Z",
  "1901-12-13T20:45:51.999Z",
  "0001-01-01T00:00:00.001Z",
  "9999-12-31T23:59:59.999Z",
  "1999-12-31T23:59:59.999Z",
];
const awkwardNumbers = [
  0,
  -1,
  2 ** 31,
  -(2 ** 31),
  2 ** 32,
  -(2 ** 32) - 1,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
  4_294_967_295,
];
const awkwardFloats = [0, -0.5, 0.1, 1e300, 5e-324, 123456789.125, -73.25];

/** Fills a database with what is hard to carry. */
export async function fill(db: Database): Promise<void> {
  const insert = (query: Parameters<typeof runQuery>[1]) => runQuery(db, query);
  await insert(db.sql.insertInto("companies").values({ id: 7, name: "One", primary_domain: "one.example", ...stamps }));
  const user = { password_hash: "$x$", role: "user", company_id: 7, ...stamps } as const;
  await insert(
    db.sql.insertInto("users").values([
      { id: 3, email: "a@one.example", ...user },
      { id: 900, email: "b@one.example", ...user },
    ]),
  );
  for (const [index, notes] of awkwardTexts.entries()) {
    await insert(
      db.sql.insertInto("profiles").values({ id: `text ${index} 'é`, name: notes, notes, user_id: 3, ...stamps }),
    );
  }
  for (const [index, document] of awkwardDocuments.entries()) {
    await insert(
      db.sql
        .insertInto("audit_logs")
        .values({ id: index * 10 + 1, action: "a", metadata_json: json(document), created_at: now }),
    );
  }
  for (const [index, time] of awkwardTimes.entries()) {
    await insert(
      db.sql
        .insertInto("audit_logs")
        .values({ id: index + 1000, action: time, created_at: new Date(time), success: false }),
    );
  }
  for (const [index, number] of awkwardNumbers.entries()) {
    await insert(
      db.sql.insertInto("audit_logs").values({ id: index + 2000, action: "n", resource_id: number, created_at: now }),
    );
  }
  for (const [index, risk_score] of awkwardFloats.entries()) {
    await insert(
      db.sql
        .insertInto("profiles")
        .values({ id: `float ${index}`, name: "f", risk_score, is_active: index % 2 === 0, ...stamps }),
    );
  }
  const file = { id: 5, upload_id: "up", filename: "f", file_path: "p", updated_at: now };
  await insert(db.sql.insertInto("uploaded_files").values(file));
  await insert(
    db.sql.insertInto("uploaded_credentials").values({ upload_id: "up", email: "c@one.example", updated_at: now }),
  );
  const events = Array.from({ length: 1200 }, (_, index) => ({
    event_type: "login_failed",
    severity: "low",
    description: `event ${index}`,
    user_id: index % 2 === 0 ? 3 : null,
    created_at: new Date(now.getTime() + index),
  }));
  await insert(db.sql.insertInto("security_events").values(events));
}

/** Everything in a database, as the functions see it. */
export async function readAll(db: Database): Promise<Record<string, unknown[]>> {
  const content: Record<string, unknown[]> = {};
  for (const { name } of tables) content[name] = await fetchAll(db, db.sql.selectFrom(name).selectAll().orderBy("id"));
  // Text keys sort by the locale of the database.
  content["profiles"]?.sort((a, b) => ((a as { id: string }).id < (b as { id: string }).id ? -1 : 1));
  return content;
}

/** Makes a database of its own, with the schema and no rows. */
export async function freshDatabase(engine: EngineName): Promise<AsyncDisposable & { db: Database }> {
  const place = await emptyPlace(engine);
  const db = await openDatabase(place.url, { keys: testKeys, synchronous: "normal" });
  const dispose = async () => {
    await db.close();
    await place.remove();
  };
  return { db, [Symbol.asyncDispose]: dispose };
}
