import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createApiKey,
  createCompany,
  createSession,
  createUser,
  type Database,
  deleteUser,
  forLaggingReads,
  getAuditLogs,
  getXasmScanHistory,
  logSecurityEvent,
  openDatabase,
  purgeSoftDeleted,
  safeUpdate,
  saveXasmScan,
  signIn,
  tables,
  validateApiKey,
  validateSession,
} from "../packages/database/src/index.ts";
import { parseSettings, settingDefinitions } from "../packages/server/src/index.ts";
import { runPgBouncer } from "./support/pgbouncer.ts";
import { type PostgresServer, startPostgresServer } from "./support/postgres-server.ts";
import { findSystemProgram } from "./support/system-programs.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const deployed = (file: string) => readFile(join(root, "deploy", file), "utf8");
const keys = { current: { id: "test", key: new Uint8Array(32).fill(7) } };
const password = "correct horse battery staple";

describe("The roles of deploy/postgres", () => {
  let server: PostgresServer;
  let db: Database;

  const urlOf = (role: string) => {
    const url = new URL(server.url("nerve"));
    url.username = role;
    url.password = role;
    return url.href;
  };
  /** Runs a script as psql does: as one text, which may hold transactions. */
  const runAs = async (url: string, sql: string) => {
    const client = new pg.Client(url);
    await client.connect();
    try {
      return await client.query(sql);
    } finally {
      await client.end();
    }
  };

  beforeAll(async () => {
    server = await startPostgresServer();
    await runAs(server.url(), "CREATE DATABASE nerve");
    await runAs(server.url("nerve"), await deployed("postgres/roles.sql"));
    for (const role of ["nerve_owner", "nerve_app"]) {
      await runAs(server.url("nerve"), `ALTER ROLE ${role} PASSWORD '${role}'`);
    }
    await (await openDatabase(urlOf("nerve_owner"))).close();
    for (let turn = 0; turn < 2; turn += 1) {
      await runAs(urlOf("nerve_owner"), await deployed("postgres/privileges.sql"));
    }
    db = await openDatabase(urlOf("nerve_app"), { keys });
  });
  afterAll(async () => {
    await db.close();
    await server.remove();
  });

  test("let the server work", async () => {
    const company = await createCompany(db, { name: "Example", primaryDomain: "example.org" });
    const email = "ada@example.org";
    const user = await createUser(db, { email, password, role: "user", companyId: company.id, emailVerified: true });
    expect(await signIn(db, { email, password, ipAddress: "192.0.2.7" })).toMatchObject({ status: "signed-in" });
    expect(await signIn(db, { email, password: "wrong", ipAddress: "192.0.2.7" })).toMatchObject({
      status: "wrong-credentials",
    });
    const session = await createSession(db, { userId: user.id, ipAddress: "192.0.2.7" });
    expect(await validateSession(db, session.token)).toMatchObject({ userId: user.id });
    const { key } = await createApiKey(db, { userId: user.id, name: "key" });
    expect(await validateApiKey(db, key)).toMatchObject({ userId: user.id });
    await logSecurityEvent(db, { eventType: "test", severity: "low", description: "x", userId: user.id });
    const results = { port_scan_results: [{ ip: "192.0.2.7", port: 443, cves: [{ cve_id: "CVE-2026-1001" }] }] };
    const scan = { scanId: "scan", target: "example.org", results, userId: user.id };
    expect(await saveXasmScan(db, scan)).toMatchObject({ findings: { created: 1 }, reason: null });
    expect((await getXasmScanHistory(forLaggingReads(db), {})).items).toHaveLength(1);
    expect(await safeUpdate(db, "companies", company.id, { name: "Other" })).toMatchObject({ success: true });
    await deleteUser(db, { id: user.id });
    await purgeSoftDeleted(db, { olderThanDays: 0, dryRun: true });
    expect((await getAuditLogs(db)).items.length).toBeGreaterThan(0);
  });

  test("let the server read and write every row but those of the audit log and of the migrations", async () => {
    const names = [...tables.map(({ name }) => name), "schema_migrations"];
    const { rows } = await runAs(
      urlOf("nerve_app"),
      `SELECT name, array_to_string(ARRAY(SELECT kind FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE',
         'REFERENCES', 'TRIGGER']) AS kind WHERE has_table_privilege(name, kind)), ' ') AS rights
       FROM unnest(ARRAY['${names.join("', '")}']) AS name`,
    );
    const expected = (name: string) =>
      ({ audit_logs: "SELECT INSERT", schema_migrations: "SELECT" })[name] ?? "SELECT INSERT UPDATE DELETE";
    expect(rows).toEqual(names.map((name) => ({ name, rights: expected(name) })));
  });

  test.each([
    "UPDATE audit_logs SET action = 'nothing'",
    "DELETE FROM audit_logs",
    "TRUNCATE audit_logs",
    "ALTER TABLE audit_logs DISABLE TRIGGER ALL",
    "DROP TABLE audit_logs",
    "DELETE FROM schema_migrations",
    "CREATE TABLE mine (id bigint)",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE SCHEMA mine",
    "CREATE ROLE mine",
    "SET ROLE nerve_owner",
    "COPY users TO '/tmp/users'",
  ])("attack: refuse the server's role %s", async (sql) => {
    await expect(runAs(urlOf("nerve_app"), sql)).rejects.toMatchObject({ code: "42501" });
  });

  test("keep the server behind row security, and the owner not; look-ups of accounts still go by their index", async () => {
    expect(await db.executor.hasRowSecurity()).toBe(true);
    await using owner = await openDatabase(urlOf("nerve_owner"), { migrations: "refuse" });
    expect(await owner.executor.hasRowSecurity()).toBe(false);
    const look = "EXPLAIN SELECT id FROM users WHERE lower(email) = 'ada@example.org'";
    const results = await runAs(urlOf("nerve_app"), `SET enable_seqscan = off; SET enable_bitmapscan = off; ${look}`);
    expect(JSON.stringify((results as unknown as pg.QueryResult[]).at(-1)?.rows)).toContain("users_email_key");
  });

  test("let the owner migrate, and nobody else connect", async () => {
    await using owner = await openDatabase(urlOf("nerve_owner"), { migrations: "refuse" });
    expect(owner.engine).toBe("postgres");
    await runAs(server.url(), "CREATE ROLE stranger LOGIN PASSWORD 'stranger'");
    await expect(runAs(urlOf("stranger"), "SELECT 1")).rejects.toMatchObject({ code: "42501" });
  });

  const pgbouncer = findSystemProgram("pgbouncer");
  test.skipIf(pgbouncer === undefined)(
    "keep their limits behind PgBouncer, set as in deploy/docker, on its socket",
    async () => {
      const configure = async (folder: string) => {
        const users = join(folder, "users.txt");
        await writeFile(users, `"nerve_app" "nerve_app"\n`, { mode: 0o644 });
        const text = await deployed("docker/pgbouncer.ini");
        return text
          .replace("host=/var/run/postgresql", `host=127.0.0.1 port=${server.port}`)
          .replace("/etc/pgbouncer/users/users.txt", users)
          .replace("/run/pgbouncer", folder);
      };
      await using bouncer = await runPgBouncer(pgbouncer ?? "", configure);
      const url = `postgres://nerve_app:nerve_app@/nerve?host=${bouncer.folder}&port=6432`;
      await using pooled = await openDatabase(url, { pooler: "transaction", keys });
      const limit = { sql: "SELECT current_setting('statement_timeout') AS limit", readOnly: true, recurring: false };
      expect(await pooled.executor.all(limit, [])).toEqual([{ limit: "30s" }]);
      await logSecurityEvent(pooled, { eventType: "pooled", severity: "low", description: "x" });
    },
  );
});

const analyze = findSystemProgram("systemd-analyze");
describe.skipIf(analyze === undefined)("The unit of deploy/systemd", () => {
  const check = async (...words: string[]) => {
    const folder = await mkdtemp(join(tmpdir(), "nerve-unit-"));
    try {
      const unit = await deployed("systemd/nerve.service");
      await writeFile(join(folder, "nerve.service"), unit.replaceAll("/opt/nerve", root.replace(/\/$/, "")));
      return await promisify(execFile)(analyze ?? "", [...words, join(folder, "nerve.service")]);
    } finally {
      await rm(folder, { recursive: true });
    }
  };

  test("is one that systemd takes without a word", async () => {
    expect(await check("verify", "--man=no")).toEqual({ stdout: "", stderr: "" });
  });

  test("is locked down: an exposure of at most 1.5 of 10", async () => {
    await expect(check("security", "--offline=yes", "--threshold=15", "--no-pager")).resolves.toBeDefined();
  });
});

describe("docs/DEPLOYMENT.md", () => {
  const text = readFileSync(join(root, "docs/DEPLOYMENT.md"), "utf8");
  const found = (pattern: RegExp) => [...new Set(text.match(pattern))].toSorted();

  test("names files that are there", () => {
    const files = found(/(?:deploy|packages)\/[\w./-]+\.\w+|deploy\/docker\/Dockerfile/g);
    expect(files.length).toBeGreaterThan(5);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  test("names settings that exist, and examples that are taken", () => {
    const known = new Set(Object.values(settingDefinitions).map(({ name }) => name as string));
    expect(found(/NERVE_[A-Z_]+/g).filter((name) => !known.has(name))).toEqual([]);
    const examples = [...text.matchAll(/(NERVE_[A-Z_]+)=([^\s`…]+)(?=[\s`])/g)].map(([, name, value]) => ({
      [name ?? ""]: value,
    }));
    for (const example of examples) {
      const environment = { NERVE_PUBLIC_URL: "https://nerve.example.org", ...example };
      expect(() => parseSettings(environment), JSON.stringify(example)).not.toThrow();
    }
  });
});

test("deploy/docker/make-secrets.sh makes settings that NERVE takes, once, for its owner only", async () => {
  const folder = await mkdtemp(join(tmpdir(), "nerve-secrets-"));
  try {
    const script = join(folder, "make-secrets.sh");
    await cp(join(root, "deploy/docker/make-secrets.sh"), script);
    const run = () => promisify(execFile)("sh", [script, "https://nerve.example.org"]);
    await run();
    expect((await stat(join(folder, "secrets"))).mode & 0o777).toBe(0o700);
    for (const file of ["nerve.env", "owner.env"]) {
      const lines = (await readFile(join(folder, "secrets", file), "utf8")).trimEnd().split("\n");
      const environment = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
      const settings = parseSettings(environment as Record<string, string>);
      await (await openDatabase(settings.databaseUrl, { migrations: "ignore" })).close();
    }
    await expect(run()).rejects.toThrow();
  } finally {
    await rm(folder, { recursive: true });
  }
});
