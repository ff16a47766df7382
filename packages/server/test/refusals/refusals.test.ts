import { connect } from "node:net";
import {
  acknowledgeSecurityEvent,
  createApiKey,
  getSecurityEvents,
  revokeApiKey,
  type SecurityEvent,
} from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestCompany, createTestUser } from "../../../database/test/support/people/accounts.ts";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { type Person, signedIn } from "../support/people.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

interface Metadata {
  readonly count: number;
  readonly codes: Readonly<Record<string, number>>;
  readonly routes: Readonly<Record<string, number>>;
  readonly keyId?: number;
}

const metadataOf = ({ metadataJson }: SecurityEvent) => metadataJson as unknown as Metadata;

/** Sends bytes that are no request, and waits for what is answered. */
function sendRaw(url: string, text: string): Promise<void> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.end(text));
    socket.on("close", () => resolve()).on("error", reject);
    socket.resume();
  });
}

describeOnEachEngine("attack: probing leaves a trace", (context) => {
  let server: TestServer;
  let admin: Person;
  let companyId: number;
  let lastNetwork = 0;

  beforeAll(async () => {
    server = await serveTest(context.db, { NERVE_TRUSTED_PROXIES: "127.0.0.1" });
    companyId = (await createTestCompany(context.db, { max_seats: 1000 })).id;
    admin = await signedIn(context.db, "admin", { companyId });
  });
  afterAll(() => server.close());

  /** An address of nobody else. */
  const newAddress = () => `198.51.100.${(lastNetwork += 1)}`;
  const from = (ipAddress: string) => ({ "x-forwarded-for": ipAddress });

  async function eventsOf(eventType: string, isWanted: (event: SecurityEvent) => boolean): Promise<SecurityEvent[]> {
    await server.server.refusalsRecorded();
    const { items } = await getSecurityEvents(context.db, { eventType, limit: 1000 });
    return items.filter(isWanted);
  }

  const routes = () =>
    server.server.declaredRoutes().map(({ method, url, ...route }) => ({
      ...route,
      name: `${method} ${url}`,
      address: `${method} ${url.replaceAll(/:\w+/g, "1")}`,
    }));

  test("a token that is unknown, on every route that takes one", async () => {
    const guarded = routes().filter(({ access }) => access !== "anybody");
    expect(guarded.length).toBeGreaterThan(40);
    const ipAddress = newAddress();
    for (const { address } of guarded) {
      const { status } = await server.call(address, { token: "unknown", headers: from(ipAddress) });
      expect([address, status]).toEqual([address, 401]);
    }
    context.clock.advance({ hours: 1 });
    const events = await eventsOf("credential_refused", (event) => event.ipAddress === ipAddress);
    expect(events).toMatchObject([{ severity: "medium", userId: null }]);
    const [written] = events.map(metadataOf);
    expect(written).toMatchObject({ count: guarded.length, codes: { UNAUTHENTICATED: guarded.length } });
    expect(Object.keys(written?.routes ?? {})).toHaveLength(11);
  });

  test("a key that does not carry the permission, on every route", async () => {
    const guarded = routes().filter(({ access }) => access !== "anybody");
    const keys = new Map<number, string>();
    for (const { address, name } of guarded) {
      const { keyId, key } = await createApiKey(context.db, { userId: admin.id, name: "Nothing" });
      keys.set(keyId, name);
      expect([name, (await server.call(address, { token: key })).status]).toEqual([name, 403]);
      // A user holds fifty at most, and there are more routes.
      await revokeApiKey(context.db, keyId);
    }
    const events = await eventsOf("permission_denied", (event) => keys.has(metadataOf(event).keyId ?? 0));
    const told = events.map((event) => [keys.get(metadataOf(event).keyId ?? 0), metadataOf(event).routes] as const);
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(guarded.map(({ name }) => [name, { [name]: 1 }])));
    for (const event of events) expect(event).toMatchObject({ userId: admin.id, email: admin.email, companyId });
  });

  test("an old session, on every route that takes a fresh sign-in", async () => {
    const root = await signedIn(context.db, "super_admin");
    const fresh = routes().filter((route) => route.fresh);
    context.clock.advance({ minutes: 11 });
    for (const { address } of fresh) {
      expect((await server.call(address, { token: root.token })).body.code).toBe("FRESH_SIGN_IN_NEEDED");
    }
    const events = await eventsOf("permission_denied", (event) => event.userId === root.id);
    expect(events.map((event) => Object.keys(metadataOf(event).codes))).toEqual([["FRESH_SIGN_IN_NEEDED"]]);
  });

  test("another site's page, on every route that changes something", async () => {
    const changing = routes().filter(({ name }) => !name.startsWith("GET "));
    const ipAddress = newAddress();
    for (const { address } of changing) {
      const headers = { ...from(ipAddress), origin: "https://evil.example" };
      expect([address, (await server.call(address, { headers })).body.code]).toEqual([address, "CROSS_SITE"]);
    }
    context.clock.advance({ hours: 1 });
    const events = await eventsOf("cross_site_refused", (event) => event.ipAddress === ipAddress);
    expect(events).toMatchObject([{ severity: "high", metadataJson: { count: changing.length } }]);
  });

  const guesses: [route: string, body: unknown, code: string][] = [
    ["POST /api/setup", { token: "a", email: "mallory@example.org", password: "a" }, "TOKEN_INVALID"],
    ["POST /api/auth/password/reset", { token: "a", newPassword: "violet harbour wakes early" }, "TOKEN_INVALID"],
    ["POST /api/auth/email/verify", { token: "a" }, "TOKEN_INVALID"],
    ["POST /api/auth/new-password", { challenge: "a", newPassword: "violet harbour wakes early" }, "TOKEN_INVALID"],
    ["POST /api/auth/second-factor", { challenge: "a", code: "123456" }, "WRONG_CODE"],
    ["POST /api/auth/refresh", { refreshToken: "a" }, "UNAUTHENTICATED"],
  ];

  test.each(guesses)("a token that is guessed: %s", async (route, body, code) => {
    const ipAddress = newAddress();
    await server.call(route, { body, headers: from(ipAddress) });
    const events = await eventsOf("credential_refused", (event) => event.ipAddress === ipAddress);
    expect(events.map(metadataOf)).toMatchObject([{ count: 1, codes: { [code]: 1 }, routes: { [route]: 1 } }]);
  });

  describe("ids of another company", () => {
    const probe = async (person: Person, times: number) => {
      const { id } = await createTestUser(context.db);
      for (let count = 0; count < times; count += 1) {
        expect((await server.call(`GET /api/users/${id}`, { token: person.token })).status).toBe(404);
      }
    };

    test("make one event, which counts while it goes on, and names neither id nor address", async () => {
      const person = await signedIn(context.db, "admin", { companyId });
      const own = (event: SecurityEvent) => event.userId === person.id;
      await probe(person, 1);
      const [first] = await eventsOf("unknown_requested", own);
      expect(first).toMatchObject({
        severity: "info",
        description: "A request was refused: GET /api/users/:id (NOT_FOUND)",
      });
      await probe(person, 13);
      expect(await eventsOf("unknown_requested", own)).toMatchObject([{ id: first?.id, severity: "medium" }]);
      context.clock.advance({ hours: 1 });
      const events = await eventsOf("unknown_requested", own);
      expect(events).toMatchObject([
        { id: first?.id, metadataJson: { count: 14, routes: { "GET /api/users/:id": 14 } } },
      ]);
      expect(events[0]?.description).toBe("14 requests were refused: GET /api/users/:id (NOT_FOUND)");
    });

    test("make another event after somebody has acknowledged it, and in the next hour", async () => {
      const person = await signedIn(context.db, "admin", { companyId });
      const own = (event: SecurityEvent) => event.userId === person.id;
      await probe(person, 1);
      const [first] = await eventsOf("unknown_requested", own);
      await acknowledgeSecurityEvent(context.db, { id: first?.id ?? 0 });
      await probe(person, 9);
      const second = await eventsOf("unknown_requested", own);
      expect(second.map(({ acknowledged }) => acknowledged)).toEqual([false, true]);
      context.clock.advance({ hours: 1 });
      await server.server.refusalsRecorded();
      await probe(person, 1);
      expect(await eventsOf("unknown_requested", own)).toHaveLength(3);
    });
  });

  test("addresses and methods that do not exist", async () => {
    const ipAddress = newAddress();
    const headers = from(ipAddress);
    for (const route of ["GET /.git/config", "GET /api/nothing", "PUT /api/users/1"])
      await server.call(route, { headers });
    const asked = await eventsOf("unknown_requested", (event) => event.ipAddress === ipAddress);
    expect(asked).toHaveLength(1);
    expect(JSON.stringify(asked)).not.toContain(".git");
  });

  test("what no router takes, and what is no request at all", async () => {
    for (const path of ["/api/users/%ff", `/api/users/${"1".repeat(200)}`]) await fetch(`${server.url}${path}`);
    const client = newAddress();
    const chain = { "x-forwarded-for": `203.0.113.9, ${client}:4711, 127.0.0.1` };
    for (const path of ["/api/users/%fe", `/api/users/${"2".repeat(200)}`]) {
      await fetch(`${server.url}${path}`, { headers: chain });
    }
    await sendRaw(server.url, "hello\r\n\r\n");
    await sendRaw(server.url, `GET / HTTP/1.1\r\nhost: x\r\nx: ${"a".repeat(70_000)}\r\n\r\n`);
    context.clock.advance({ hours: 1 });
    const ofPeer = async (kind: string) =>
      (await eventsOf(kind, (event) => event.ipAddress === "127.0.0.1")).map(metadataOf);
    expect(await ofPeer("input_refused")).toMatchObject([{ codes: { INVALID_INPUT: 2 } }]);
    const isClients = (event: SecurityEvent) => event.ipAddress === client;
    expect((await eventsOf("input_refused", isClients)).map(metadataOf)).toMatchObject([{ count: 1 }]);
    expect((await eventsOf("limit_reached", isClients)).map(metadataOf)).toMatchObject([{ count: 1 }]);
    expect(await ofPeer("limit_reached")).toMatchObject([{ codes: { URI_TOO_LONG: 1, HEADERS_TOO_LARGE: 1 } }]);
  });

  test("requests over the limit, in as many writes as the count has digits", async () => {
    const strict = await serveTest(context.db, { NERVE_REQUESTS_PER_MINUTE: "1", NERVE_TRUSTED_PROXIES: "127.0.0.1" });
    const headers = from(newAddress());
    for (let count = 0; count < 120; count += 1) await strict.call("GET /api/health", { headers });
    await strict.server.refusalsRecorded();
    const isOwn = (event: SecurityEvent) => event.ipAddress === headers["x-forwarded-for"];
    expect((await eventsOf("limit_reached", isOwn)).map((event) => metadataOf(event).count)).toEqual([100]);
    await strict.close();
    expect((await eventsOf("limit_reached", isOwn)).map((event) => metadataOf(event).count)).toEqual([119]);
  });

  test("each problem is counted by its code", async () => {
    const { text } = await server.call("GET /metrics", { token: (await signedIn(context.db, "super_admin")).token });
    for (const code of ["UNAUTHENTICATED", "PERMISSION_DENIED", "NOT_FOUND", "CROSS_SITE", "HEADERS_TOO_LARGE"]) {
      expect(text).toMatch(new RegExp(`^nerve_http_problems_total\\{code="${code}"\\} [1-9]`, "m"));
    }
  });
});
