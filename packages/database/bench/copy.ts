import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { openDatabase } from "../src/opening/open-database.ts";
import { copyDatabase } from "../src/operations/moving/index.ts";
import { type Comparison, explainMissing } from "./compare.ts";
import { type BenchPlace, databaseBeside } from "./places.ts";

const run = promisify(execFile);

/** Rows that the goal is stated for. */
const rows = 2_000_000;
const quickRows = 100_000;
const users = 1000;
const passwordHash = "x".repeat(60);

function fill(database: DatabaseSync, count: number): void {
  const insert = database.prepare("INSERT INTO password_history VALUES (?, ?, ?, ?)");
  database.exec("BEGIN IMMEDIATE");
  for (let id = 1; id <= count; id += 1) insert.run(id, 1 + (id % users), passwordHash, 1_780_000_000_000 + id);
  database.exec("COMMIT");
}

/** A database of ours, with one large table. */
async function makeSource(file: string, count: number): Promise<void> {
  const db = await openDatabase(`sqlite:${file}`, { synchronous: "normal" });
  await db.close();
  const database = new DatabaseSync(file);
  database.exec("BEGIN IMMEDIATE");
  const user = database.prepare(
    "INSERT INTO users (id, email, password_hash, role, created_at, updated_at) VALUES (?, ?, 'x', 'user', 0, 0)",
  );
  for (let id = 1; id <= users; id += 1) user.run(id, `user${id}@example.org`);
  database.exec("COMMIT");
  fill(database, count);
  database.close();
}

/** The large table alone, for pgloader, which cannot make the other tables' indexes on expressions. */
function makeSourceForPgloader(file: string, count: number): void {
  const database = new DatabaseSync(file);
  database.exec(`CREATE TABLE password_history (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, password_hash TEXT NOT NULL,
    created_at INTEGER NOT NULL); CREATE INDEX password_history_user ON password_history (user_id, created_at)`);
  fill(database, count);
  database.close();
}

/** Compares moving a database from SQLite to PostgreSQL with pgloader, which neither counts nor compares the rows. */
export async function copyComparison(
  { url }: BenchPlace,
  { quick }: { quick: boolean },
): Promise<{ comparison: Comparison; close: () => Promise<void> }> {
  const count = quick ? quickRows : rows;
  const folder = await mkdtemp(join(tmpdir(), "nerve-bench-copy-"));
  const [source, plain, commands] = [join(folder, "ours.db"), join(folder, "plain.db"), join(folder, "load")];
  await makeSource(source, count);
  makeSourceForPgloader(plain, count);
  let drop: () => Promise<void> = () => Promise.resolve();
  const nextTarget = async () => {
    const target = await databaseBeside(url);
    drop = target.drop;
    return target.url;
  };
  const comparison: Comparison = {
    operation: `copy of ${new Intl.NumberFormat("en").format(count)} rows from SQLite, compared at the end`,
    engine: "postgres",
    against: "pgloader, one table, not compared",
    atLeast: 2.5,
    batch: count,
    turns: { rounds: 5, warmUps: 1 },
    ours: async () => {
      const { tables } = await copyDatabase(`sqlite:${source}`, await nextTarget());
      if (tables.some(({ checksumMatch }) => checksumMatch === false)) throw new Error("The copy differs.");
    },
    other: async () => {
      const to = await nextTarget();
      await writeFile(
        commands,
        `LOAD DATABASE FROM sqlite://${plain} INTO ${to} WITH include drop, create tables, create indexes, reset sequences;`,
      );
      await run("pgloader", [commands]).catch(explainMissing("pgloader"));
    },
    cleanUp: () => drop(),
  };
  const close = async () => {
    await rm(folder, { recursive: true });
  };
  return { comparison, close };
}
