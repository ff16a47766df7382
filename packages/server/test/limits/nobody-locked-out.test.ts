import { createApiKey, makePasswordLink } from "@nerve/database";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestUser, testPassword } from "../../../database/test/support/people/accounts.ts";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

const home = "192.0.2.7";
const newPassword = "violet harbour wakes early";

// ASVS 6.1.1: what slows guessing down must not be a way to keep somebody out.
describeOnEachEngine("attack: whoever hammers one account, under every limit there is,", (context) => {
  let server: TestServer;
  let token = "";
  let deviceToken = "";
  let owner = { id: 0, email: "" };
  let host = 0;

  const signIn = (ip: string, body: Readonly<Record<string, string>> = {}) =>
    server.call("POST /api/auth/sign-in", {
      body: { email: owner.email, password: testPassword, ...body },
      headers: { "x-forwarded-for": ip },
    });
  /** Guesses until every answer is a refusal: some from one address, until it may ask no more, and some from many. */
  async function hammer(): Promise<number[]> {
    const statuses: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      host += 1;
      for (const ip of ["203.0.113.1", `198.51.100.${host}`]) {
        statuses.push((await signIn(ip, { password: "a wrong password" })).status);
      }
    }
    return statuses;
  }

  beforeAll(async () => {
    server = await serveTest(context.db, {
      NERVE_TRUSTED_PROXIES: "127.0.0.1",
      NERVE_GUESSES_PER_MINUTE: "4",
      NERVE_GUESSES_PER_ACCOUNT: "4",
      NERVE_REQUESTS_PER_MINUTE: "50",
    });
    owner = await createTestUser(context.db);
    const { body } = await signIn(home);
    ({ token, deviceToken } = body);
    const statuses = await hammer();
    expect(new Set(statuses)).toEqual(new Set([401, 403, 429]));
    expect((await signIn("198.51.100.200")).body.code).toBe("ACCOUNT_LOCKED");
  });
  afterAll(() => server.close());

  test("ends no session, and no API key", async () => {
    const { key } = await createApiKey(context.db, { userId: owner.id, name: "Nightly", permissions: ["scan:read"] });
    expect((await server.call("GET /api/auth/me", { token })).status).toBe(200);
    expect((await server.call("GET /api/xasm/scans", { token: key })).status).toBe(200);
  });

  test("keeps the user of a session from nothing that takes the password again, wherever they are", async () => {
    const headers = { "x-forwarded-for": "192.0.2.99" };
    const again = await server.call("POST /api/auth/reauthenticate", {
      token,
      body: { password: testPassword },
      headers,
    });
    expect(again.status).toBe(200);
    ({ token } = again.body);
  });

  test("keeps nobody out of a network, or a device, that they signed in from", async () => {
    expect((await signIn(home)).status).toBe(200);
    expect((await signIn("192.0.2.98", { deviceToken })).status).toBe(200);
    expect((await signIn("192.0.2.97")).body.code).toBe("ACCOUNT_LOCKED");
  });

  test("keeps nobody out who is handed a link, though device and network are new and the hammering goes on", async () => {
    const { token: linkToken } = await makePasswordLink(context.db, { id: owner.id });
    await hammer();
    const headers = { "x-forwarded-for": "192.0.2.96" };
    const reset = await server.call("POST /api/auth/password/reset", {
      body: { token: linkToken, newPassword },
      headers,
    });
    expect(reset.status).toBe(204);
    const device = /device=([\w-]+)/.exec(reset.headers.getSetCookie().join())?.[1] ?? "";
    await hammer();
    const own = { password: newPassword, deviceToken: device };
    expect((await signIn("192.0.2.95", { password: newPassword })).body.code).toBe("ACCOUNT_LOCKED");
    expect((await signIn("192.0.2.96", own)).status).toBe(200);
  });
});
