import {
  createApiKey,
  deleteUser,
  findScope,
  keyPermissions,
  type PermissionName,
  roleMatrix,
  suspendUser,
  type UserRole,
  userRoles,
} from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestCompany, createTestUser, uniqueWord } from "../../../database/test/support/people/accounts.ts";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { type Person, signedIn } from "../support/people.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

/** What a credential can do to records that are not its user's own. */
function rightsBeyondOwn(role: UserRole, companyId: number | null): Set<PermissionName> {
  const names = Object.keys(roleMatrix) as PermissionName[];
  return new Set(
    names.filter((name) => {
      const scope = findScope({ id: 1, role, companyId }, name);
      return scope !== null && scope.kind !== "own";
    }),
  );
}

const password = "purple monkey dishwasher nine";

describeOnEachEngine("attack: rights out of a stolen key or an old session", (context) => {
  let server: TestServer;
  let companyId: number;

  beforeAll(async () => {
    server = await serveTest(context.db);
    companyId = (await createTestCompany(context.db, { max_seats: 100_000 })).id;
  });
  afterAll(() => server.close());

  const placed = (role: UserRole) => (role === "super_admin" ? {} : { companyId });

  async function staleSession(role: UserRole): Promise<Person> {
    const person = await signedIn(context.db, role, placed(role));
    context.clock.advance({ minutes: 11 });
    return person;
  }

  const keyKinds = [["*"], ["user:*"], ["user:write"], ["user:write", "scan:read"]];

  describe.each(["super_admin", "admin"] as const)("of %s", (role) => {
    test.each(keyKinds)("a key with %s and more makes no account that reaches further than it", async (...given) => {
      const owner = await signedIn(context.db, role, placed(role));
      const permissions = given.filter((name) => name !== undefined);
      const { key } = await createApiKey(context.db, { userId: owner.id, name: "Provisioning", permissions });
      const carried = (name: PermissionName) =>
        keyPermissions.includes(name) &&
        [name, `${name.split(":", 1).join("")}:*`, "*"].some((word) => permissions.includes(word));
      for (const wanted of userRoles) {
        for (const chosen of [undefined, password]) {
          const body = { email: `${uniqueWord()}@example.org`, role: wanted, password: chosen, ...endOf(wanted) };
          const { status, body: made } = await server.call("POST /api/users", { token: key, body });
          expect([wanted, chosen, status]).toEqual([wanted, chosen, status === 201 ? 201 : 403]);
          if (status !== 201) continue;
          expect(chosen, "a key chooses nobody's password").toBeUndefined();
          expect(made.role).not.toBe(role);
          for (const right of rightsBeyondOwn(made.role, made.companyId))
            expect([right, carried(right)]).toEqual([right, true]);
        }
      }
    });

    test("an old session makes accounts below its role only, and chooses nobody's password", async () => {
      for (const wanted of userRoles) {
        for (const chosen of [undefined, password]) {
          const { token } = await staleSession(role);
          const body = { email: `${uniqueWord()}@example.org`, role: wanted, password: chosen, ...endOf(wanted) };
          const { status } = await server.call("POST /api/users", { token, body });
          const isHarmless = chosen === undefined && wanted !== role && !(role === "admin" && wanted === "super_admin");
          expect([wanted, chosen, status]).toEqual([wanted, chosen, isHarmless ? 201 : 403]);
        }
      }
    });

    test("neither changes who may do what", async () => {
      const owner = await signedIn(context.db, role, placed(role));
      const { key } = await createApiKey(context.db, { userId: owner.id, name: "All", permissions: ["*"] });
      const { token: old } = await staleSession(role);
      const target = await createTestUser(context.db, { company_id: companyId });
      const suspended = await createTestUser(context.db, { company_id: companyId });
      await suspendUser(context.db, { id: suspended.id });
      const deleted = await createTestUser(context.db, { company_id: companyId });
      await deleteUser(context.db, { id: deleted.id });
      const attacks: [string, unknown][] = [
        [`POST /api/users/${target.id}/role`, { role: "analyst" }],
        [`POST /api/users/${target.id}/company`, { companyId: null }],
        [`POST /api/users/${target.id}/email`, { email: `${uniqueWord()}@example.org` }],
        [`POST /api/users/${suspended.id}/reinstate`, undefined],
        [`POST /api/users/${deleted.id}/restore`, undefined],
        ["POST /api/keys", { name: "Another" }],
      ];
      for (const token of [key, old]) {
        for (const [route, body] of attacks) {
          expect([route, (await server.call(route, { token, body })).status]).toEqual([route, 403]);
        }
      }
    });
  });

  test("attack: an address in another company's domains is refused like one that is taken", async () => {
    const theirs = await createTestCompany(context.db);
    const { token } = await signedIn(context.db, "admin", { companyId });
    const taken = await createTestUser(context.db);
    const answers = await Promise.all(
      [`new@${theirs.primaryDomain}`, taken.email].map((email) =>
        server.call("POST /api/users", { token, body: { email, role: "user" } }),
      ),
    );
    const told = answers.map(({ status, body: { code, detail } }) => ({ status, code, detail }));
    expect(told[0]).toEqual(told[1]);
    expect(told[0]).toMatchObject({ status: 409, code: "CONFLICT" });
  });

  test("attack: an id that another company uses, and has deleted, is free", async () => {
    const theirs = await createTestCompany(context.db);
    const victim = await signedIn(context.db, "user", { companyId });
    const attacker = await signedIn(context.db, "user", { companyId: theirs.id });
    const body = { scanId: "nightly-2026-11-27", target: "vpn.example.org", results: {} };
    for (const kind of ["xasm", "lightbox"]) {
      const stored = (person: Person) => server.call(`POST /api/${kind}/scans`, { token: person.token, body });
      expect((await stored(attacker)).status).toBe(201);
      const gone = await server.call(`DELETE /api/${kind}/scans/${body.scanId}`, { token: attacker.token });
      expect(gone.status).toBe(204);
      expect((await stored(victim)).status).toBe(201);
    }
  });

  test("attack: moving a user opens nobody's records, and ends the access that was given before", async () => {
    const theirs = await createTestCompany(context.db);
    const user = await signedIn(context.db, "user", { companyId });
    const { key } = await createApiKey(context.db, { userId: user.id, name: "Script", permissions: ["scan:read"] });
    const body = { scanId: uniqueWord(), target: "vpn.alpha.example.org", results: {} };
    await server.call("POST /api/xasm/scans", { token: user.token, body });
    const root = await signedIn(context.db, "super_admin");
    await server.call(`POST /api/users/${user.id}/company`, { token: root.token, body: { companyId: theirs.id } });
    const stranger = await signedIn(context.db, "analyst", { companyId: theirs.id });
    const colleague = await signedIn(context.db, "analyst", { companyId });
    const route = `GET /api/xasm/scans/${body.scanId}`;
    expect((await server.call(route, { token: stranger.token })).status).toBe(404);
    expect((await server.call(route, { token: colleague.token })).status).toBe(200);
    for (const token of [user.token, key]) expect((await server.call(route, { token })).status).toBe(401);
  });

  function endOf(role: UserRole): { expiresAt?: Date } {
    return role === "demo" ? { expiresAt: new Date(context.clock.now().getTime() + 3600_000) } : {};
  }
});
