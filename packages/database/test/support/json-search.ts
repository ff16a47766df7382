import type { Handle } from "../../src/database/handle.ts";
import { json } from "../../src/schema/kit/parameters.ts";
import { runQuery } from "../../src/database/statement.ts";
import { getAuditLogs } from "../../src/audit/get-audit-logs.ts";
import { getSecurityEvents } from "../../src/security/index.ts";
import type { JsonMembers } from "../../src/validation/input.ts";

const keys: readonly string[] = [
  "a",
  "A",
  "a.b",
  "$.a",
  "$",
  "$1",
  "%",
  "_",
  "?",
  "'",
  '"',
  "\\",
  "0",
  "-1",
  "[0]",
  "a b",
  " a",
  "é",
  "e\u0301",
  "日本",
  "😀",
  "\n",
  "constructor",
  "toString",
  "x".repeat(100),
  "😀".repeat(100),
  "'; DROP TABLE users; --",
];
const texts: readonly string[] = [
  "",
  " ",
  "a",
  "A",
  "1",
  "1.0",
  "01",
  "-0",
  "1e2",
  "true",
  "false",
  "null",
  "é",
  "e\u0301",
  "😀".repeat(255),
  "%",
  "_",
  "$1",
  "'",
  '"',
  "\\",
  "\\u0061",
  "x'01'",
  "\n",
  "[]",
  "{}",
  "' OR 1=1 --",
  "x".repeat(255),
];
const others: readonly (number | boolean | null)[] = [
  true,
  false,
  null,
  0,
  -0,
  1,
  -1,
  1.5,
  100,
  0.1,
  0.30000000000000004,
  1 / 3,
  1e21,
  1e-7,
  5e-324,
  123456789.123,
  Number("1.2345678901234567e25"),
  Number.MAX_VALUE,
  -2.2250738585072014e-308,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 63,
  -(2 ** 63),
];
const values = [...texts, ...others];

/** Documents of which no member is found, or only some. */
const otherDocuments = [
  null,
  [],
  {},
  ["a", 1],
  [{ a: 1 }],
  "a",
  1,
  true,
  { a: { a: 1 }, "a.b": [1], $: ["a"], b: 1 },
  { a: "x".repeat(256), A: "x".repeat(255), ["x".repeat(101)]: 1, "": 1 },
];

/** The same numbers each time: what a test found, it finds again. */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

function someMembers(
  random: (below: number) => number,
  most: number,
): Record<string, string | number | boolean | null> {
  const count = 1 + random(most);
  const pick = <T>(list: readonly T[]) => list[random(list.length)] as T;
  // A few keys and values, so that documents have members in common.
  return Object.fromEntries(Array.from({ length: count }, () => [pick(keys.slice(0, 6)), pick(others.slice(0, 8))]));
}

/** Documents: each value under some key, each key with some value, and members at random. */
export function searchedDocuments(): unknown[] {
  const random = sequence(7);
  const each = values.map((value, index) => ({ [keys[index % keys.length] ?? ""]: value, v: value }));
  const many = Array.from({ length: 300 }, () => someMembers(random, 8));
  return [...each, ...keys.map((key) => ({ [key]: 1 })), ...many, ...otherDocuments];
}

/** Filters: each value under its key and under another, each key, and members at random. */
export function jsonFilters(): JsonMembers[] {
  const random = sequence(8);
  const each = values.flatMap((value, index) => [{ [keys[index % keys.length] ?? ""]: value }, { v: value }]);
  const many = Array.from({ length: 200 }, () => someMembers(random, 5));
  return [...each, ...keys.flatMap((key) => [{ [key]: 1 }, { [key]: "1" }]), ...many];
}

/** What the filter means, in JavaScript. */
export function holds(document: unknown, members: JsonMembers): boolean {
  if (typeof document !== "object" || document === null || Array.isArray(document)) return false;
  return Object.entries(members).every(
    ([key, value]) => Object.hasOwn(document, key) && (document as Record<string, unknown>)[key] === value,
  );
}

/** Writes an event and a row of the audit log for each document, with its position as their ids; some have equal times. */
export async function writeDocuments(db: Handle, documents: readonly unknown[], first = 1): Promise<void> {
  const common = { description: "Searched", user_id: null };
  const rows = documents.map((document, index) => {
    const created_at = new Date(db.clock.now().getTime() - Math.floor((index % 97) / 2) * 1000);
    return { ...common, id: first + index, metadata_json: json(document), created_at };
  });
  for (let from = 0; from < rows.length; from += 100) {
    const some = rows.slice(from, from + 100);
    const events = some.map((row) => ({ ...row, event_type: "test", severity: "info" }));
    const logs = some.map((row) => ({ ...row, action: "test" }));
    await runQuery(db, db.sql.insertInto("security_events").values(events));
    await runQuery(db, db.sql.insertInto("audit_logs").values(logs));
  }
}

/** Writes an event whose document is this very text. */
export async function writeText(db: Handle, id: number, text: string): Promise<void> {
  const places = { sqlite: "?, 'text', 'info', 'Text', ?, ?", postgres: "$1, 'text', 'info', 'Text', $2::jsonb, $3" };
  const columns = "id, event_type, severity, description, metadata_json, created_at";
  const sql = `INSERT INTO security_events (${columns}) VALUES (${places[db.engine]})`;
  await db.executor.run({ sql, readOnly: false, recurring: false }, [id, text, db.clock.now()]);
}

/** Ids of the events and of the rows of the audit log that are found. */
export async function foundIds(db: Handle, metadata: JsonMembers): Promise<{ events: number[]; logs: number[] }> {
  const events = await getSecurityEvents(db, { metadata, hours: 1000, limit: 1000 });
  const logs = await getAuditLogs(db, { metadata, limit: 1000 });
  return { events: events.items.map(({ id }) => id), logs: logs.items.map(({ id }) => id) };
}

/** What the index on SQLite holds; nothing on PostgreSQL, which keeps its own. */
export async function indexEntries(db: Handle): Promise<unknown[]> {
  if (db.engine === "postgres") return [];
  const entries = (table: string) =>
    `SELECT '${table}' AS "table", key, quote(value) AS value, created_at, id FROM ${table}_metadata_json_search`;
  const sql = `${entries("security_events")} UNION ALL ${entries("audit_logs")} ORDER BY 1, 2, 3, 4, 5`;
  return db.executor.all({ sql, readOnly: true, recurring: false }, []);
}
