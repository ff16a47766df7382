import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSession, getAuditLogs, getSecurityEvents, getUser } from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findSystemProgram } from "../../../../test/support/system-programs.ts";
import { createTestCompany, createTestUser } from "../../../database/test/support/people/accounts.ts";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { freshForMs } from "../../src/authorization/freshness.ts";
import { signedIn } from "../support/people.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

const key = "a key of more than sixteen characters";
const programs = new Set([findSystemProgram("pg_dump"), findSystemProgram("pg_restore")]);

describeOnEachEngine("Operations over HTTP", (context) => {
  const lacksPrograms = context.engine === "postgres" && programs.has(undefined);
  let server: TestServer;
  let folder: string;
  let uploads: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nerve-operations-"));
    uploads = await mkdtemp(join(tmpdir(), "nerve-uploads-"));
    await writeFile(join(uploads, "list.txt"), "uploaded");
    const folders = { NERVE_BACKUP_FOLDER: folder, NERVE_UPLOADS_FOLDER: uploads };
    // The backups that somebody asks for are verified whatever the daily ones are.
    const untried = { NERVE_BACKUP_VERIFY_DAILY: "false" };
    server = await serveTest(context.db, { ...folders, ...untried, NERVE_BACKUP_KEY: key });
  });
  afterAll(async () => {
    await server.close();
    for (const place of [folder, uploads]) await rm(place, { recursive: true, force: true });
  });

  describe.skipIf(lacksPrograms)("backups", () => {
    test("are made, listed and verified by name, encrypted, and no answer tells a path", async () => {
      const { token, id } = await signedIn(context.db, "super_admin");
      const made = await server.call("POST /api/operations/backups", { token, body: { compress: "zstd" } });
      expect(made).toMatchObject({ status: 201, body: { verified: true, encrypted: true, compression: "zstd" } });
      const listed = await server.call("GET /api/operations/backups", { token });
      expect(listed.body).toEqual({ items: [made.body], nextCursor: null });
      const { name } = made.body as { name: string };
      const verified = await server.call("POST /api/operations/backups/verify", { token, body: { name } });
      expect(verified).toMatchObject({ status: 200, body: made.body });
      for (const { text } of [made, listed, verified]) expect(text).not.toContain(folder);
      const { items } = await getAuditLogs(context.db, { action: "backup_created" });
      expect(items).toMatchObject([{ userId: id, metadataJson: { backup: name } }]);
    });

    test("attack: what is named is never a path, and never leaves the folder", async () => {
      const { token } = await signedIn(context.db, "super_admin");
      const { items } = (await server.call("GET /api/operations/backups", { token })).body as {
        items: { name: string }[];
      };
      const name = items[0]?.name ?? "";
      const id = "nerve_backup_20260101T000000Z_0123456789ab";
      await writeFile(join(folder, "..", `${id}.json`), "{}");
      await symlink("/etc/passwd", join(folder, `${id}.db`));
      const paths = [
        join(folder, name),
        `../${name}`,
        `./${name}`,
        `sub/../${name}`,
        `${name}\u0000`,
        `..\\${name}`,
        "",
      ];
      for (const route of ["POST /api/operations/backups/verify", "POST /api/operations/restore"]) {
        for (const named of paths) {
          const { status, body } = await server.call(route, { token, body: { name: named, confirm: true } });
          expect([named, status, body.code]).toEqual([named, 400, "INVALID_INPUT"]);
        }
      }
      for (const named of [`${id}.db`, `${id}.json`, "nerve_backup_..", name.replace(/\..*/, ".json")]) {
        const { status, body } = await server.call("POST /api/operations/restore", {
          token,
          body: { name: named, confirm: true },
        });
        expect([named, status, body.code]).toEqual([named, 404, "NOT_FOUND"]);
      }
      await rm(join(folder, "..", `${id}.json`));
    });
  });

  describe.skipIf(lacksPrograms)("a restore", () => {
    test("needs a fresh sign-in and a confirmation", async () => {
      const { token } = await signedIn(context.db, "super_admin");
      const { name } = (await server.call("POST /api/operations/backups", { token, body: { verify: false } })).body;
      const unconfirmed = await server.call("POST /api/operations/restore", { token, body: { name } });
      expect([unconfirmed.status, unconfirmed.body.issues[0].field]).toEqual([400, "confirm"]);
      context.clock.advance({ milliseconds: freshForMs + 1 });
      const stale = await server.call("POST /api/operations/restore", { token, body: { name, confirm: true } });
      expect([stale.status, stale.body.code]).toEqual([403, "FRESH_SIGN_IN_NEEDED"]);
    });

    test("goes on while the server runs: others get 503 with Retry-After, then the state of the backup", async () => {
      const { token, id, email } = await signedIn(context.db, "super_admin");
      const made = await server.call("POST /api/operations/backups", { token, body: { verify: false } });
      await writeFile(join(uploads, "list.txt"), "changed since");
      const lost = await createTestUser(context.db, { company_id: (await createTestCompany(context.db)).id });
      const later = await createSession(context.db, { userId: lost.id, ipAddress: "192.0.2.9" });

      const restored = new AbortController();
      const restoring = server
        .call("POST /api/operations/restore", { token, body: { name: made.body.name, confirm: true } })
        .finally(() => restored.abort());
      const refused: string[] = [];
      // So often that it is seen, and not so often that the restore has no processor left.
      while (!restored.signal.aborted && refused.length < 10) {
        const { status, body, headers } = await server.call("GET /api/auth/me", { token });
        if (status === 503) refused.push(`${body.code} ${headers.get("retry-after")}`);
        expect((await server.call("GET /api/health")).status).toBe(200);
      }
      const { status, body } = await restoring;
      expect(status, JSON.stringify(body)).toBe(200);
      expect(new Set(refused)).toEqual(new Set(["RESTORING 5"]));
      expect(await readFile(join(uploads, "list.txt"), "utf8")).toBe("uploaded");

      expect(body.preRestoreBackup).toMatch(/^nerve_backup_[\w.]+$/);
      expect(await getUser(context.db, lost.id)).toBeNull();
      expect((await server.call("GET /api/auth/me", { token: later.token })).status).toBe(401);
      // Whoever restored signs in again, as everybody does.
      expect((await server.call("GET /api/auth/me", { token })).status).toBe(401);
      expect(body.ended.sessions).toBeGreaterThan(0);
      expect(body.carriedOver).toMatchObject({ usersSuspended: 0, auditRows: expect.any(Number) });
      const { items: audit } = await getAuditLogs(context.db, { action: "database_restored" });
      expect(audit).toMatchObject([{ userId: id, metadataJson: { backup: made.body.name, by: email } }]);
      const { items: events } = await getSecurityEvents(context.db, { eventType: "database_restored" });
      expect(events).toMatchObject([{ severity: "high", userId: id }]);
    }, 120_000);

    test("that fails leaves everything as it was, and the server goes on", async () => {
      const { token, id } = await signedIn(context.db, "super_admin");
      const made = await server.call("POST /api/operations/backups", { token, body: { verify: false } });
      await writeFile(join(folder, made.body.name), "damaged");
      const body = { name: made.body.name, confirm: true };
      const failed = await server.call("POST /api/operations/restore", { token, body });
      expect([failed.status, failed.body.code]).toEqual([409, "BACKUP_INVALID"]);
      expect((await server.call("GET /api/auth/me", { token })).body.id).toBe(id);
    });
  });

  test("one long operation runs at a time, and those who ask for a deep check share one", async () => {
    const { token } = await signedIn(context.db, "super_admin");
    const optimize = () => server.call("POST /api/operations/optimize", { token, body: {} });
    const codes = (await Promise.all([optimize(), optimize(), optimize()])).map(({ status }) => status);
    expect(codes.toSorted((one, other) => one - other)).toEqual([200, 409, 409]);
    const deep = () => server.call("GET /api/health/deep", { token });
    const [one, other] = await Promise.all([deep(), deep()]);
    expect(one.body.timestamp).toBe(other.body.timestamp);
    expect(one.body).toMatchObject({ healthy: true, foreignKeys: { total: 0 }, stats: { tableCounts: {} } });
    const message = expect.stringContaining("NERVE_BACKUP_VERIFY_DAILY");
    expect(one.body.alerts).toContainEqual({ level: "warning", code: "CONFIGURATION", message });
  });

  test("an admin of a company learns the verdict of the deep check, and no figure of other companies", async () => {
    const company = await createTestCompany(context.db);
    const { token } = await signedIn(context.db, "admin", { companyId: company.id });
    const { body } = await server.call("GET /api/health/deep", { token });
    expect(body).toMatchObject({ healthy: true, stats: null });
  });

  test("performance and migrations tell what the database functions tell", async () => {
    const { token } = await signedIn(context.db, "super_admin");
    const performance = await server.call("GET /api/operations/performance?thresholdMs=0", { token });
    expect(performance.body.totalQueries).toBeGreaterThan(0);
    expect(performance.body.slowest.length).toBeGreaterThan(0);
    expect(performance.text).not.toContain(token);
    const migrations = await server.call("GET /api/operations/migrations", { token });
    expect(migrations.body).toMatchObject({ schemaVersion: expect.stringMatching(/^\d{4}$/), pending: [] });
  });
});
