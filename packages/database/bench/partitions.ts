// Whether monthly partitions of `security_events` pay: one table against thirteen partitions, on a durable server.
// `node --conditions=@nerve/source packages/database/bench/partitions.ts [rows]`; default 5,000,000 rows.
import type pg from "pg";
import { benchPlace, rawPool } from "./places.ts";

const rows = Number(process.argv[2] ?? 5_000_000);
const months = 13;
const monthOf = (index: number) => new Date(Date.UTC(2025, 5 + index, 1)).toISOString();
const end = monthOf(months);
const users = 10_000;

const columns = "event_type, severity, user_id, email, ip_address, user_agent, description, metadata_json, created_at";
const row = (index: string, moment: string) => `
  (ARRAY['login_success','login_failure','password_change','suspicious_activity','api_key_used'])[1 + (${index}) % 5],
  (ARRAY['info','info','low','info','medium','info','high','low','info','critical'])[1 + (${index}) % 10],
  1 + ((${index})::bigint * 7919) % ${users}, 'user' || ((${index})::bigint * 7919) % ${users} || '@example.org',
  '198.51.100.' || (${index}) % 256, 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0)', 'Something that matters to security',
  '{"origin": "bench"}'::jsonb, ${moment}`;

/** The same table, in monthly partitions: the key has to hold the time. */
function partitionedTable(): string {
  const partitions = Array.from(
    { length: months + 1 },
    (_, index) => `CREATE TABLE parted_${index} PARTITION OF parted
      FOR VALUES FROM ('${monthOf(index)}') TO ('${monthOf(index + 1)}')`,
  );
  const indexes = [
    "acknowledged_by",
    "user_id, created_at, id",
    "user_id, severity, created_at, id",
    "severity, created_at, id",
    "event_type, created_at, id",
    "created_at, id",
    "email, created_at",
    "ip_address, created_at",
  ];
  return [
    `CREATE TABLE parted (LIKE security_events INCLUDING DEFAULTS INCLUDING IDENTITY) PARTITION BY RANGE (created_at)`,
    ...partitions,
    "ALTER TABLE parted ADD PRIMARY KEY (id, created_at)",
    ...indexes.map((list) => `CREATE INDEX ON parted (${list})`),
    "ALTER TABLE parted ADD FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE SET NULL",
    "ALTER TABLE parted ADD FOREIGN KEY (acknowledged_by) REFERENCES users(id) ON DELETE SET NULL",
  ].join(";\n");
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

async function load(pool: pg.Pool, table: string): Promise<void> {
  const step = 250_000;
  const span = `(timestamptz '${end}' - timestamptz '${monthOf(0)}')`;
  for (let first = 0; first < rows; first += step) {
    const moment = `timestamptz '${monthOf(0)}' + ${span} * (i::float8 / ${rows})`;
    await pool.query(`INSERT INTO ${table} (${columns}) SELECT ${row("i", moment)}
      FROM generate_series(${first}, ${Math.min(first + step, rows) - 1}) AS i`);
  }
  await pool.query(`VACUUM ANALYZE ${table}`);
}

async function bytesPerRow(pool: pg.Pool, table: string): Promise<number> {
  const { rows: found } = await pool.query<{ bytes: string }>(
    "SELECT sum(pg_total_relation_size(relid)) AS bytes FROM pg_partition_tree($1) UNION ALL SELECT pg_total_relation_size($1)",
    [table],
  );
  return Math.max(...found.map(({ bytes }) => Number(bytes))) / rows;
}

/** Single inserts, ten at once. */
async function insertRate(pool: pg.Pool, table: string): Promise<number> {
  const each = 2000;
  const text = `INSERT INTO ${table} (${columns}) SELECT ${row("$1::int", `timestamptz '${end}' + $1::int * interval '1 second'`)}`;
  const insertMany = async (_: unknown, worker: number) => {
    for (let index = 0; index < each; index += 1) {
      await pool.query({ name: `insert_${table}`, text, values: [worker * each + index] });
    }
  };
  const took = await seconds(() => Promise.all(Array.from({ length: 10 }, insertMany)));
  return (10 * each) / took;
}

const lists: Record<string, string> = {
  "newest 100 of the last 24 hours": `created_at >= timestamptz '${end}' - interval '24 hours'`,
  "of one severity, 30 days": `created_at >= timestamptz '${end}' - interval '30 days' AND severity = 'critical'`,
  "of one user, all time": `created_at >= timestamptz '2015-01-01' AND user_id = 4711`,
  "of one address and user, all time": `created_at >= timestamptz '2015-01-01' AND user_id = 4711 AND severity = 'critical'`,
};

async function medianMs(pool: pg.Pool, table: string, [name, where]: [string, string]): Promise<number> {
  const text = `SELECT * FROM ${table} WHERE ${where} ORDER BY created_at DESC, id DESC LIMIT 101`;
  const times: number[] = [];
  for (let turn = 0; turn < 300; turn += 1) {
    times.push(1000 * (await seconds(() => pool.query({ name: `${table} ${name}`, text }))));
  }
  return times.toSorted((a, b) => a - b)[150] ?? Number.NaN;
}

/** What retention does today: rows in chunks, each in a transaction of its own. */
async function deleteInChunks(pool: pg.Pool, table: string): Promise<void> {
  const text = `DELETE FROM ${table} WHERE id IN
    (SELECT id FROM ${table} WHERE created_at < $1 ORDER BY created_at, id LIMIT 10000)`;
  while (((await pool.query(text, [monthOf(1)])).rowCount ?? 0) > 0);
}

async function walPosition(pool: pg.Pool): Promise<number> {
  const { rows: found } = await pool.query<{ position: string }>(
    "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn AS position",
  );
  return Number(found[0]?.position);
}

async function megabytesOfLog(pool: pg.Pool, work: () => Promise<unknown>): Promise<number> {
  const before = await walPosition(pool);
  await work();
  return Math.round((await walPosition(pool)) - before) / 1e6;
}

const place = await benchPlace("postgres");
const pool = rawPool(place.url);
await pool.query(`INSERT INTO users (email, password_hash, role, created_at, updated_at)
  SELECT 'user' || i || '@example.org', 'x', 'user', now(), now() FROM generate_series(1, ${users}) AS i`);
await pool.query(partitionedTable());
for (const table of ["security_events", "parted"]) {
  const report = (what: string, value: number, unit: string) =>
    console.log(`${table}: ${what}: ${value.toPrecision(3)} ${unit}`);
  report("load", await seconds(() => load(pool, table)), "s");
  report("size with indexes", await bytesPerRow(pool, table), "bytes a row");
  report("inserts, ten at once", await insertRate(pool, table), "/s");
  for (const list of Object.entries(lists)) report(list[0], await medianMs(pool, table, list), "ms");
  const retain = () => (table === "parted" ? pool.query("DROP TABLE parted_0") : deleteInChunks(pool, table));
  let took = 0;
  const log = await megabytesOfLog(pool, async () => (took = await seconds(retain)));
  report("retention of one month", took, "s");
  report("its write-ahead log", log, "MB");
  report("vacuum after it", await seconds(() => pool.query(`VACUUM ${table}`)), "s");
}
await pool.end();
await place.remove();
