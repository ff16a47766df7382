import { digestToken, getLoginAttempts } from "@nerve/database";
import { fetchFirst } from "@nerve/database/query";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createTestUser, uniqueWord } from "../../../database/test/support/people/accounts.ts";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { signedIn } from "../support/people.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

const guesses: [route: string, body: unknown][] = [
  ["POST /api/auth/sign-in", { email: "nobody@example.org", password: "a" }],
  ["POST /api/auth/second-factor", { challenge: "a", code: "123456" }],
  ["POST /api/auth/new-password", { challenge: "a", newPassword: "a" }],
  ["POST /api/auth/refresh", { refreshToken: "a" }],
  ["POST /api/auth/password/reset-request", { email: "nobody@example.org" }],
  ["POST /api/auth/password/reset", { token: "a", newPassword: "a" }],
  ["POST /api/auth/email/verify", { token: "a" }],
  ["POST /api/setup", { token: "a", email: "nobody@example.org", password: "a" }],
];

describeOnEachEngine("limits", (context) => {
  const servers: TestServer[] = [];
  async function serve(environment: Record<string, string>): Promise<TestServer> {
    const server = await serveTest(context.db, environment);
    servers.push(server);
    return server;
  }
  /** What the processes of the database have reported of a client's requests. */
  async function reportedRequests(client: string): Promise<number> {
    const { db } = context;
    const id = digestToken(`requests ${client}`);
    return (await fetchFirst(db, db.sql.selectFrom("rate_limits").select("hits").where("id", "=", id)))?.hits ?? 0;
  }
  afterAll(() => Promise.all(servers.map((server) => server.close())));

  describe("attack: guessing", () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await serve({ NERVE_GUESSES_PER_MINUTE: String(guesses.length * 2) });
      // All routes that can be guessed with share one count: whoever changes routes gains nothing.
      for (const [route, body] of guesses) {
        for (let count = 0; count < 2; count += 1) expect((await server.call(route, { body })).status).not.toBe(429);
      }
    });

    test.each(guesses)("%s is refused after so many from one address", async (route, body) => {
      const { status, body: problem, headers } = await server.call(route, { body });
      expect([status, problem.code]).toEqual([429, "RATE_LIMITED"]);
      const seconds = Number(headers.get("retry-after"));
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(60);
    });

    test("does not keep others of the address from what cannot be guessed", async () => {
      expect((await server.call("GET /api/health")).status).toBe(200);
    });

    test("under invented addresses gains nothing, for no proxy is trusted", async () => {
      const [route, body] = guesses[0] ?? ["", {}];
      const headers = { "x-forwarded-for": "198.51.100.9", forwarded: "for=198.51.100.9", "x-real-ip": "198.51.100.9" };
      expect((await server.call(route, { body, headers })).status).toBe(429);
    });
  });

  test("every request counts, those that come to nothing too", async () => {
    const server = await serve({ NERVE_REQUESTS_PER_MINUTE: "3" });
    for (const path of ["/api/health", "/nothing", "/api/users"]) {
      expect((await server.call(`GET ${path}`)).status).not.toBe(429);
    }
    expect((await server.call("GET /api/health")).status).toBe(429);
    expect((await server.call("GET /nothing")).status).toBe(429);
  });

  test("attack: nobody uses up what somebody else may ask for: who asks is refused, never whom it is about", async () => {
    const server = await serve({
      NERVE_GUESSES_PER_ACCOUNT: "2",
      NERVE_GUESSES_PER_MINUTE: "3",
      NERVE_TRUSTED_PROXIES: "127.0.0.1",
    });
    const ask = (email: string, ip: string) =>
      server.call("POST /api/auth/password/reset-request", { body: { email }, headers: { "x-forwarded-for": ip } });
    const { email } = await createTestUser(context.db);
    for (let host = 1; host <= 40; host += 1) expect((await ask(email, `198.51.100.${host}`)).status).toBe(202);
    for (let round = 0; round < 3; round += 1) expect((await ask(email, "203.0.113.1")).status).toBe(202);
    expect((await ask(email, "203.0.113.1")).status).toBe(429);
    expect((await ask(email, "192.0.2.7")).status).toBe(202);
  });

  test("attack: guessing one's own password in a stolen session is refused, whatever the address", async () => {
    const server = await serve({ NERVE_GUESSES_PER_ACCOUNT: "2", NERVE_TRUSTED_PROXIES: "127.0.0.1" });
    const { token } = await signedIn(context.db, "user");
    const guess = (ip: string) =>
      server.call("POST /api/auth/reauthenticate", {
        token,
        body: { password: "a" },
        headers: { "x-forwarded-for": ip },
      });
    expect((await guess("192.0.2.1")).status).toBe(401);
    expect((await guess("192.0.2.2")).status).toBe(401);
    expect((await guess("192.0.2.3")).status).toBe(429);
  });

  test("attack: going from one process of a database to another gains nothing, nor does a restart", async () => {
    const environment = { NERVE_GUESSES_PER_MINUTE: "3", NERVE_TRUSTED_PROXIES: "127.0.0.1" };
    const headers = { "x-forwarded-for": "192.0.2.88" };
    const [one, other] = [await serve(environment), await serve(environment)];
    const { email } = await createTestUser(context.db);
    const ask = async (server: TestServer) =>
      (await server.call("POST /api/auth/password/reset-request", { body: { email }, headers })).status;
    expect([await ask(one), await ask(other), await ask(one)]).toEqual([202, 202, 202]);
    expect([await ask(other), await ask(one)]).toEqual([429, 429]);
    expect(await ask(await serve(environment))).toBe(429);
  });

  test("attack: a flood over several processes of a database is one flood", async () => {
    const environment = { NERVE_REQUESTS_PER_MINUTE: "20", NERVE_TRUSTED_PROXIES: "127.0.0.1" };
    const processes = [await serve(environment), await serve(environment)];
    const headers = { "x-forwarded-for": "192.0.2.77" };
    let answered = 0;
    let reported = 0;
    // Each process alone would let twenty through.
    for (let round = 1; round <= 30; round += 1) {
      for (const server of processes) {
        const { status, headers: answer } = await server.call("GET /api/health", { headers });
        if (status === 200) {
          answered += 1;
          // No request waits for the report of every second one: here the next does, however slow the machine is.
          if (round % 2 === 0) reported += 2;
          await vi.waitUntil(async () => (await reportedRequests("192.0.2.77")) >= reported, { timeout: 10_000 });
        } else expect(Number(answer.get("retry-after"))).toBeGreaterThan(0);
      }
    }
    expect(answered).toBeGreaterThanOrEqual(20);
    expect(answered).toBeLessThanOrEqual(26);
    expect(
      (await processes[0]?.call("GET /api/health", { headers: { "x-forwarded-for": "192.0.2.78" } }))?.status,
    ).toBe(200);
  });

  describe("behind a trusted proxy", () => {
    test("each client has its own count, and an IPv6 network of 64 bits is one client", async () => {
      const server = await serve({ NERVE_REQUESTS_PER_MINUTE: "1", NERVE_TRUSTED_PROXIES: "127.0.0.1" });
      const from = async (ip: string) =>
        (await server.call("GET /api/health", { headers: { "x-forwarded-for": ip } })).status;
      expect(await from("192.0.2.1")).toBe(200);
      expect(await from("192.0.2.1")).toBe(429);
      expect(await from("192.0.2.2")).toBe(200);
      expect(await from("2001:db8:0:1::1")).toBe(200);
      expect(await from("2001:db8:0:1:ffff::2")).toBe(429);
      expect(await from("2001:db8:0:2::1")).toBe(200);
    });

    test.each([
      ["with a port", "192.0.2.1:8080", "192.0.2.1:8081", "192.0.2.1"],
      ["in brackets", "[2001:db8::1]", "[2001:db8::1]:443", "2001:db8::1"],
      ["with a zone", "fe80::1%eth0", "fe80::1%eth1", "fe80::1"],
    ])(
      "a client whose address the proxy writes %s is the same client, and no other",
      async (_, one, again, ipAddress) => {
        const server = await serve({ NERVE_REQUESTS_PER_MINUTE: "3", NERVE_TRUSTED_PROXIES: "127.0.0.1" });
        const email = `${uniqueWord()}@example.org`;
        const signIn = async (ip: string) => {
          const body = { email, password: "a" };
          return (await server.call("POST /api/auth/sign-in", { body, headers: { "x-forwarded-for": ip } })).status;
        };
        expect([await signIn(one), await signIn(again), await signIn(ipAddress)]).toEqual([401, 401, 401]);
        expect(await signIn(again)).toBe(429);
        expect(await signIn("192.0.2.200")).toBe(401);
        const { items } = await getLoginAttempts(context.db, { email });
        expect(items.slice(1).map((attempt) => attempt.ipAddress)).toEqual([ipAddress, ipAddress, ipAddress]);
      },
    );

    test.each(["unknown", "_hidden", "192.0.2.1:http", "[192.0.2.1", "%eth0", ""])(
      "what is no address (%j) counts as the proxy's own",
      async (written) => {
        const server = await serve({ NERVE_REQUESTS_PER_MINUTE: "1", NERVE_TRUSTED_PROXIES: "127.0.0.1" });
        const from = async (ip: string) =>
          (await server.call("GET /api/health", { headers: { "x-forwarded-for": ip } })).status;
        expect([await from(written), await from("127.0.0.1"), await from("192.0.2.1")]).toEqual([200, 429, 200]);
      },
    );

    test("a chain is believed through proxies that are written with a port", async () => {
      const server = await serve({ NERVE_REQUESTS_PER_MINUTE: "1", NERVE_TRUSTED_PROXIES: "127.0.0.1,10.0.0.0/8" });
      const from = async (chain: string) =>
        (await server.call("GET /api/health", { headers: { "x-forwarded-for": chain } })).status;
      expect(await from("192.0.2.1:1234, 10.0.0.1:4321")).toBe(200);
      expect(await from("192.0.2.1, 10.0.0.2")).toBe(429);
      expect(await from("192.0.2.2, 10.0.0.1:4321")).toBe(200);
    });

    test("attack: what the client itself wrote into the header is not believed", async () => {
      const server = await serve({ NERVE_REQUESTS_PER_MINUTE: "1", NERVE_TRUSTED_PROXIES: "127.0.0.1" });
      const from = async (chain: string) =>
        (await server.call("GET /api/health", { headers: { "x-forwarded-for": chain } })).status;
      expect(await from("203.0.113.1, 192.0.2.1")).toBe(200);
      expect(await from("203.0.113.2, 192.0.2.1")).toBe(429);
    });

    test("the client's address is what the database records", async () => {
      const server = await serve({ NERVE_TRUSTED_PROXIES: "127.0.0.1" });
      const email = `${uniqueWord()}@example.org`;
      const headers = { "x-forwarded-for": "198.51.100.7", "user-agent": "test\u0081 agent" };
      await server.call("POST /api/auth/sign-in", { body: { email, password: "a" }, headers });
      const { token } = await signedIn(context.db, "super_admin");
      const { body } = await server.call(`GET /api/security/login-attempts?email=${email}`, { token });
      expect(body.items[0]).toMatchObject({ ipAddress: "198.51.100.7", userAgent: "test agent", success: false });
    });
  });
});
