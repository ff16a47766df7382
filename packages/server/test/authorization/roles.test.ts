import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createApiKey, type UserRole, userRoles } from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestCompany } from "../../../database/test/support/people/accounts.ts";
import { findSystemProgram } from "../../../../test/support/system-programs.ts";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { type Person, signedIn } from "../support/people.ts";
import { serveTest, type TestAnswer, type TestServer } from "../support/test-server.ts";
import { type ExpectedRoute, expectedRoutes } from "./route-table.ts";

describeOnEachEngine("who may call what", (context) => {
  let server: TestServer;
  let companyId: number;
  let backupFolder: string;
  const canBackUp =
    context.engine === "sqlite" || [findSystemProgram("pg_dump"), findSystemProgram("pg_restore")].every(Boolean);
  const routes = expectedRoutes.filter(({ backsUp }) => canBackUp || backsUp !== true);

  beforeAll(async () => {
    backupFolder = await mkdtemp(join(tmpdir(), "nerve-roles-"));
    // With a public address nothing is open to this machine for being this machine.
    const publicUrl = { NERVE_PUBLIC_URL: "https://nerve.example.org" };
    server = await serveTest(context.db, { NERVE_BACKUP_FOLDER: backupFolder, ...publicUrl });
    companyId = (await createTestCompany(context.db, { max_seats: 100_000 })).id;
  });
  afterAll(async () => {
    await server.close();
    await rm(backupFolder, { recursive: true, force: true });
  });

  function newcomer(role: UserRole): Promise<Person> {
    return signedIn(context.db, role, role === "super_admin" ? {} : { companyId });
  }

  /** Prepares a request, to be sent with whatever credential. */
  async function prepare(expected: ExpectedRoute, actor: Person) {
    const {
      id = "",
      keyId = "",
      noteId = "",
      body,
      query,
    } = await expected.prepare({ db: context.db, actor, companyId, backupFolder });
    const address = expected.route
      .replace("{keyId}", String(keyId))
      .replace("{noteId}", String(noteId))
      .replace(/\{\w+\}/, String(id));
    const route = query === undefined ? address : `${address}?${query}`;
    return (token?: string): Promise<TestAnswer> => server.call(route, { token, body });
  }

  describe.each(routes)("$route", (expected) => {
    test.each(userRoles)("as %s", async (role) => {
      const actor = await newcomer(role);
      const send = await prepare(expected, actor);
      const { status, body } = await send(actor.token);
      if (expected.roles.includes(role)) expect(status, JSON.stringify(body)).toBeLessThan(300);
      else expect([status, body.code]).toEqual([403, "PERMISSION_DENIED"]);
    });

    test("without a good credential, and with an API key of too few or of all permissions", async () => {
      const actor = await newcomer("super_admin");
      const send = await prepare(expected, actor);
      for (const token of [undefined, "not-a-token", `nrv_${"a".repeat(43)}`]) {
        const { status, body, headers } = await send(token);
        expect([status, body.code]).toEqual([401, "UNAUTHENTICATED"]);
        expect(headers.get("www-authenticate")).toContain("Bearer");
      }
      const weak = await createApiKey(context.db, { userId: actor.id, name: "Nothing" });
      expect((await send(weak.key)).status).toBe(403);
      const strong = await createApiKey(context.db, { userId: actor.id, name: "All", permissions: ["*"] });
      const { status, body } = await send(strong.key);
      if (expected.byKey) expect(status, JSON.stringify(body)).toBeLessThan(300);
      else expect(status).toBe(403);
    });
  });

  test("the table names every route that is not open to anybody, and each has succeeded as its description says", () => {
    const guarded = server.server
      .declaredRoutes()
      .filter(({ access }) => access !== "anybody")
      .map(({ method, url }) => `${method} ${url.replaceAll(/:(\w+)/g, "{$1}")}`);
    expect(expectedRoutes.map(({ route }) => route).toSorted()).toEqual(guarded.toSorted());
    for (const { route } of routes) expect(server.contract.succeeded).toContain(route);
  });
});
