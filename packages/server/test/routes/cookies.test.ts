import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestUser, testPassword } from "../../../database/test/support/accounts.ts";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

describeOnEachEngine("sessions in cookies", (context) => {
  let server: TestServer;
  const publicUrl = "https://nerve.example.org";
  const ownSite = { origin: publicUrl };

  beforeAll(async () => {
    server = await serveTest(context.db, { NERVE_PUBLIC_URL: publicUrl });
  });
  afterAll(() => server.close());

  async function signInWith(headers: Record<string, string>) {
    const { email } = await createTestUser(context.db);
    const body = { email, password: testPassword, transport: "cookie" };
    return server.call("POST /api/auth/sign-in", { body, headers });
  }

  async function cookieOf(headers: Record<string, string> = ownSite): Promise<string> {
    const answer = await signInWith(headers);
    return answer.headers
      .getSetCookie()
      .map((cookie) => cookie.split(";")[0])
      .join("; ");
  }

  test("are out of reach of scripts and other sites, bound to the host, and in no body", async () => {
    const { headers, text } = await signInWith(ownSite);
    const cookies = headers.getSetCookie();
    expect(cookies).toHaveLength(2);
    for (const cookie of cookies) {
      expect(cookie).toMatch(/^__Host-nerve_(?:session|refresh)=[\w-]{43};/);
      expect(cookie).toContain("; Path=/;");
      expect(cookie).toContain("; HttpOnly");
      expect(cookie).toContain("; Secure");
      expect(cookie).toContain("; SameSite=Strict");
      expect(cookie).not.toContain("Domain");
      expect(text).not.toContain(/=([\w-]{43});/.exec(cookie)?.[1]);
    }
  });

  test("work for reading without, and for changing with, the site that they come from", async () => {
    const cookie = await cookieOf();
    expect((await server.call("GET /api/auth/me", { headers: { cookie } })).status).toBe(200);
    const body = { name: "A key" };
    expect((await server.call("POST /api/keys", { body, headers: { cookie, ...ownSite } })).status).toBe(201);
  });

  describe("attack: another site makes the browser send a change", () => {
    test.each([
      ["with its origin", { origin: "https://evil.example" }],
      ["with an opaque origin", { origin: "null" }],
      ["with the right host on another scheme", { origin: "http://nerve.example.org" }],
      ["with a look-alike origin", { origin: "https://nerve.example.org.evil.example" }],
      ["as a form of another site", { "sec-fetch-site": "cross-site" }],
      ["from a sibling domain", { "sec-fetch-site": "same-site" }],
      ["without saying where it comes from", {}],
    ])("%s", async (_, headers) => {
      const cookie = await cookieOf();
      const answer = await server.call("POST /api/auth/sign-out", { headers: { cookie, ...headers } });
      expect([answer.status, answer.body.code]).toEqual([403, "CROSS_SITE"]);
      expect((await server.call("GET /api/auth/me", { headers: { cookie } })).status).toBe(200);
    });

    test("to sign the browser in to the attacker's account", async () => {
      for (const headers of [{ origin: "https://evil.example" }, {}]) {
        const answer = await signInWith(headers);
        expect(answer.body.code).toBe("CROSS_SITE");
        expect(answer.headers.getSetCookie()).toEqual([]);
      }
    });

    test("as plain text or a form, which browsers send without asking", async () => {
      const cookie = await cookieOf();
      for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
        const headers = { cookie, ...ownSite, "content-type": type };
        const answer = await server.call("POST /api/keys", { body: '{"name":"A key"}', headers });
        expect([answer.status, answer.body.code]).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
      }
    });
  });

  test("are refreshed from the cookie, and cleared with signing out", async () => {
    const headers = { cookie: await cookieOf(), ...ownSite };
    const refreshed = await server.call("POST /api/auth/refresh", { body: {}, headers });
    expect(refreshed.body).not.toHaveProperty("token");
    const cookie = refreshed.headers
      .getSetCookie()
      .map((line) => line.split(";")[0])
      .join("; ");
    const answer = await server.call("POST /api/auth/sign-out", { headers: { cookie, ...ownSite } });
    expect(answer.headers.get("clear-site-data")).toContain("storage");
    for (const line of answer.headers.getSetCookie())
      expect(line).toMatch(/^__Host-nerve_\w+=;.*Expires=Thu, 01 Jan 1970/);
    expect((await server.call("GET /api/auth/me", { headers: { cookie } })).status).toBe(401);
  });

  test("signing in again ends the session that the browser had", async () => {
    const cookie = await cookieOf();
    await signInWith({ cookie, ...ownSite });
    expect((await server.call("GET /api/auth/me", { headers: { cookie } })).status).toBe(401);
  });

  test("on http://127.0.0.1, a setting leaves out Secure for browsers that refuse it there", async () => {
    const plain = await serveTest(context.db, { NERVE_SECURE_COOKIES: "false" });
    const { email } = await createTestUser(context.db);
    const body = { email, password: testPassword, transport: "cookie" };
    const answer = await plain.call("POST /api/auth/sign-in", { body, headers: { origin: plain.url } });
    expect(answer.headers.getSetCookie()[0]).toMatch(/^nerve_session=/);
    expect(answer.headers.getSetCookie()[0]).not.toContain("Secure");
    await plain.close();
  });
});
