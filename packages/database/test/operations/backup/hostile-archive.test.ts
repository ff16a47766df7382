import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findSystemProgram } from "../../../../../test/support/system-programs.ts";
import { checkStatements } from "../../../src/engines/postgres/backup/archive-statements.ts";
import { RowsWatch } from "../../../src/engines/postgres/backup/archive-rows.ts";
import { createBackup, restoreBackup, verifyBackup } from "../../../src/operations/backup/index.ts";
import { createTestCompany } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { forgeManifest } from "../../support/forge-manifest.ts";

const pgDump = findSystemProgram("pg_dump");

describe("Statements of an archive", () => {
  test.each([
    "CREATE TABLE public.a (id bigint); DROP DATABASE live",
    "CREATE TABLE a (x) AS SELECT 1",
    "CREATE TABLE a AS SELECT pg_sleep(1)",
    "ALTER ROLE me PASSWORD 'x'",
    "GRANT pg_read_server_files TO public",
    "GRANT ALTER SYSTEM ON PARAMETER archive_command TO public",
    "SET SESSION AUTHORIZATION postgres",
    "SET ROLE postgres",
    "RESET ROLE",
    `SET standard_conforming_strings = off; COMMENT ON TABLE a IS '\\'; DROP DATABASE live; --'`,
    "SELECT query_to_xml('SELECT 1', true, true, '')",
    "SELECT pg_catalog.set_config('role', 'postgres', false), pg_sleep(1)",
    `CREATE TABLE a (x text DEFAULT U&"query\\005fto_xml"('SELECT 1', true, true, ''))`,
    "DO $$ BEGIN END $$",
    "CREATE INDEX i ON a (x); COPY a FROM PROGRAM 'true'",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ALTER TABLE a ENABLE ALWAYS TRIGGER t",
    "CREATE TABLE a (x text DEFAULT 'unfinished)",
  ])("attack: %s is refused", (script) => {
    expect(checkStatements(`SELECT pg_catalog.set_config('search_path', '', false);`)).toEqual(new Set());
    expect(() => checkStatements(script)).toThrow(expect.objectContaining({ code: "BACKUP_INVALID" }));
  });

  test("attack: a function is found by any of its names", () => {
    const script = `CREATE TABLE a (x text DEFAULT Query_To_Xml('') CHECK ("pg_sleep" /* */ (1) IS NULL));`;
    expect([...checkStatements(script)]).toEqual(expect.arrayContaining(["query_to_xml", "pg_sleep"]));
  });
});

describe("Rows of an archive", () => {
  const head = "--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\nSET row_security = off;\n";
  const rows = `COPY public."a b" (id, "x""y") FROM stdin;\n1\t\\\\.\n2\tCOPY x FROM PROGRAM 'true';\n\\.\n\n`;
  const watch = (text: string, size: number) => {
    const rowsWatch = new RowsWatch();
    const bytes = Buffer.from(text);
    for (let start = 0; start < bytes.length; start += size) rowsWatch.push(bytes.subarray(start, start + size));
    rowsWatch.end();
  };

  test.each([1, 2, 3, 7, 100_000])("are let through in pieces of %i bytes", (size) => {
    expect(() => watch(`${head}${rows}COPY public.e  FROM stdin;\n\\.\n${rows}`, size)).not.toThrow();
  });

  test.each([
    "COPY public.a (id) FROM PROGRAM 'true';\n",
    "COPY public.a (id) FROM stdin WHERE pg_sleep(1) IS NULL;\n\\.\n",
    "SELECT pg_sleep(1);\n",
    "SET ROLE postgres;\n",
    "SELECT pg_catalog.setval('a'||pg_sleep(1), 1, true);\n",
    "COPY public.a (id) FROM stdin;\n1\n",
  ])("attack: %s among them is refused", (line) => {
    for (const size of [1, 5, 100_000]) {
      expect(() => watch(`${head}${rows}${line}`, size)).toThrow(expect.objectContaining({ code: "BACKUP_INVALID" }));
    }
  });
});

describeOnEachEngine("A hostile archive", (context) => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nerve-hostile-test-"));
    await createTestCompany(context.db);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function onServer<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: context.url });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  const wasCarriedOut = () =>
    onServer(async (client) => {
      const { rowCount } = await client.query("SELECT FROM pg_roles WHERE rolname LIKE 'nerve_pwned%'");
      await client.query("DROP ROLE IF EXISTS nerve_pwned");
      return rowCount !== 0;
    });

  /** Dumps the database, as it is while something is planted in it, over a backup of the sound one. */
  async function plant(sql: string, uproot: string): Promise<string> {
    const { backupPath } = await createBackup(context.db, { folder, verify: false });
    await onServer((client) => client.query(sql));
    const options = ["--format=custom", "--compress=0", `--file=${backupPath}`, `--dbname=${context.url}`];
    await promisify(execFile)(pgDump ?? "", options);
    await onServer((client) => client.query(uproot));
    await forgeManifest(backupPath);
    return backupPath;
  }

  test.skipIf(pgDump === undefined).each([
    [
      "a function that an index calls",
      "public.f()",
      `CREATE FUNCTION g(i int) RETURNS int LANGUAGE plpgsql VOLATILE AS $$ BEGIN
         IF current_database() ^@ 'nerve_temporary_' THEN EXECUTE 'CREATE ROLE nerve_pwned SUPERUSER'; END IF; RETURN i; END $$;
       CREATE FUNCTION f(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN public.g(i); END $$;
       CREATE INDEX planted ON companies (public.f(id::int))`,
      "DROP FUNCTION f CASCADE; DROP FUNCTION g",
    ],
    [
      "a rule that runs a query",
      "query_to_xml()",
      `ALTER TABLE companies ADD CONSTRAINT planted CHECK (current_database() NOT LIKE 'nerve_temporary_%'
         OR query_to_xml('CREATE ROLE nerve_pwned', true, true, '') IS NOT NULL)`,
      "ALTER TABLE companies DROP CONSTRAINT planted",
    ],
    [
      "a value of an own table that runs a query",
      "query_to_xml()",
      `CREATE TABLE planted (a int, b text DEFAULT query_to_xml('CREATE ROLE nerve_pwned', true, true, '')::text)`,
      "DROP TABLE planted",
    ],
  ])("attack: %s is refused, and does nothing", async (_, named, sql, uproot) => {
    if (context.engine === "sqlite") return; // Its files run nothing by being read.
    const path = await plant(sql, uproot);
    const trust = { trustUnsigned: true } as const;
    const refused = { code: "BACKUP_INVALID", message: expect.stringContaining(named) };
    await expect(verifyBackup(path, { server: context.db, ...trust })).rejects.toMatchObject(refused);
    await expect(restoreBackup(context.db, path, { confirm: true, ...trust })).rejects.toMatchObject(refused);
    expect(await wasCarriedOut()).toBe(false);
  });

  test.skipIf(pgDump === undefined).each([
    [`FROM stdin;`, (length: number) => `FROM PROGRAM 'echo 1';`.padEnd(length)],
    [`CREATE TABLE public.companies (`, (length: number) => `CREATE ROLE nerve_pwned; --`.padEnd(length)],
  ])("attack: an archive whose %s was overwritten is refused, and does nothing", async (text, instead) => {
    if (context.engine === "sqlite") return; // It has no statements in it.
    const { backupPath } = await createBackup(context.db, { folder, verify: false });
    const bytes = await readFile(backupPath);
    const start = bytes.indexOf(Buffer.from(text));
    expect(start).toBeGreaterThan(0);
    const line = bytes.subarray(bytes.lastIndexOf("COPY", start), start + text.length).toString();
    const written = text.startsWith("FROM") ? `COPY x ${instead(line.length - 7)}` : instead(text.length);
    bytes.write(written, text.startsWith("FROM") ? start + text.length - line.length : start);
    await writeFile(backupPath, bytes);
    await forgeManifest(backupPath);
    const verified = verifyBackup(backupPath, { server: context.db, trustUnsigned: true });
    await expect(verified).rejects.toMatchObject({ code: "BACKUP_INVALID" });
    expect(await wasCarriedOut()).toBe(false);
  });
});
