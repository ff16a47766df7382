import { DatabaseSync } from "node:sqlite";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { from as copyFrom } from "pg-copy-streams";
import { apiKeyPrefix, digestToken } from "../src/cryptography/index.ts";
import { severities } from "../src/security/event-types.ts";
import { type BenchPlace, rawPool } from "./places.ts";

/** How much is in the database that is measured. */
export interface BenchSize {
  readonly users: number;
  readonly sessions: number;
  readonly apiKeys: number;
  readonly events: number;
}

/** The sizes that the goals are stated for. */
export const fullSize: BenchSize = { users: 100_000, sessions: 200_000, apiKeys: 10_000, events: 500_000 };
/** For a quick look. */
export const quickSize: BenchSize = { users: 2_000, sessions: 4_000, apiKeys: 1_000, events: 10_000 };

/** The token of the session with this number. */
export function sessionToken(number: number): string {
  return String(number).padStart(43, "s");
}

/** The API key with this number. */
export function benchApiKey(number: number): string {
  return `nrv_${String(number).padStart(43, "k")}`;
}

const createdMs = Date.parse("2026-06-01T11:59:30.000Z");
const expiresMs = Date.parse("2027-06-01T00:00:00.000Z");
/** Events lie a second apart, going back from the present, and rotate through users and severities. */
const severityOf = (number: number) => severities[number % severities.length] ?? "info";

type Cell = string | number | null;
interface TableRows {
  readonly table: string;
  readonly columns: readonly string[];
  /** Columns that hold times, for PostgreSQL's type. */
  readonly times: readonly string[];
  readonly count: number;
  readonly row: (number: number) => Cell[];
}

function tableRows(size: BenchSize): TableRows[] {
  const stamps = ["created_at", "updated_at"];
  return [
    {
      table: "users",
      columns: ["id", "email", "password_hash", "role", ...stamps],
      times: stamps,
      count: size.users,
      row: (n) => [n, `user${n}@example.org`, "none", "user", createdMs, createdMs],
    },
    {
      table: "sessions",
      columns: ["id", "user_id", "token", "ip_address", "created_at", "last_activity", "expires_at"],
      times: ["created_at", "last_activity", "expires_at"],
      count: size.sessions,
      row: (n) => [n, 1 + (n % size.users), digestToken(sessionToken(n)), "192.0.2.1", createdMs, createdMs, expiresMs],
    },
    {
      table: "api_keys",
      columns: ["id", "user_id", "key_hash", "key_prefix", "name", "permissions", "created_at"],
      times: ["created_at"],
      count: size.apiKeys,
      row: (n) => {
        const key = benchApiKey(n);
        return [n, 1 + (n % size.users), digestToken(key), apiKeyPrefix(key), "bench", '["scan:read"]', createdMs];
      },
    },
    {
      table: "security_events",
      columns: [
        "id",
        "event_type",
        "severity",
        "user_id",
        "email",
        "ip_address",
        "description",
        "metadata_json",
        "created_at",
      ],
      times: ["created_at"],
      count: size.events,
      row: (n) => {
        // A thousand users own the events, so that each has a few hundred.
        const user = 1 + (n % Math.min(1000, size.users));
        const metadata = '{"attempt": 3, "source": "bench"}';
        return [
          n,
          "login_failed",
          severityOf(Math.floor(n / 1000)),
          user,
          `user${user}@example.org`,
          "192.0.2.1",
          "Failed sign-in",
          metadata,
          createdMs - n,
        ];
      },
    },
  ];
}

function loadSqlite(file: string, tables: readonly TableRows[]): void {
  const database = new DatabaseSync(file);
  database.exec("PRAGMA synchronous = OFF; BEGIN IMMEDIATE");
  for (const { table, columns, count, row } of tables) {
    const places = columns.map(() => "?").join(", ");
    const insert = database.prepare(`INSERT INTO "${table}" (${columns.join(", ")}) VALUES (${places})`);
    for (let number = 1; number <= count; number += 1) insert.run(...row(number));
  }
  database.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE); ANALYZE");
  database.close();
}

/** A line of COPY's text format; none of the cells holds a tab, a line break or a backslash. */
function copyLine({ columns, times, row }: TableRows, number: number): string {
  const cells = row(number).map((cell, index) => {
    const isTime = times.includes(columns[index] ?? "");
    return isTime ? new Date(Number(cell)).toISOString() : (cell ?? "\\N");
  });
  return `${cells.join("\t")}\n`;
}

async function loadPostgres(url: string, tables: readonly TableRows[]): Promise<void> {
  const pool = rawPool(url);
  const client = await pool.connect();
  for (const rows of tables) {
    const numbers = Readable.from({
      *[Symbol.iterator]() {
        for (let number = 1; number <= rows.count; number += 1) yield copyLine(rows, number);
      },
    });
    await pipeline(numbers, client.query(copyFrom(`COPY "${rows.table}" (${rows.columns.join(", ")}) FROM STDIN`)));
    await client.query(`SELECT setval(pg_get_serial_sequence('"${rows.table}"', 'id'), ${rows.count})`);
  }
  await client.query("VACUUM ANALYZE");
  client.release();
  await pool.end();
}

/** Fills the database, past our code. */
export async function loadBenchData({ db, file, url }: BenchPlace, size: BenchSize): Promise<void> {
  if (db.engine === "sqlite") loadSqlite(file, tableRows(size));
  else await loadPostgres(url, tableRows(size));
}
