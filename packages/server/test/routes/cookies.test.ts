import { request } from "node:http";
import { json } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestUser, testPassword } from "../../../database/test/support/people/accounts.ts";
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
    expect(cookies).toHaveLength(3);
    for (const cookie of cookies) {
      expect(cookie).toMatch(/^__Host-nerve_(?:session|refresh|device)=[\w-]{43};/);
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

  describe("over plain HTTP", () => {
    async function signInAt(environment: Record<string, string>, origin?: string) {
      const plain = await serveTest(context.db, environment);
      const { email } = await createTestUser(context.db);
      const body = { email, password: testPassword, transport: "cookie" };
      const host = origin === undefined ? {} : { host: new URL(origin).host };
      const headers = { origin: origin ?? plain.url, ...host };
      const answer = await callWithHost(plain.url, "/api/auth/sign-in", headers, body);
      const cookie = answer.cookies.map((line) => line.split(";")[0]).join("; ");
      const me = await plain.call("GET /api/auth/me", { headers: { cookie } });
      await plain.close();
      return { ...answer, me: me.status };
    }

    test.each([
      ["that is allowed", { NERVE_ALLOW_PLAIN_HTTP: "true" }, "http://nerve.lan"],
      [
        "at its public address",
        { NERVE_ALLOW_PLAIN_HTTP: "true", NERVE_PUBLIC_URL: "http://nerve.lan" },
        "http://nerve.lan",
      ],
      [
        "on http://127.0.0.1, with the setting for browsers that refuse them there",
        { NERVE_SECURE_COOKIES: "false" },
        undefined,
      ],
    ])("%s, they have no attribute that browsers refuse there", async (_, environment, origin) => {
      const { status, cookies, me } = await signInAt(environment, origin);
      expect([status, me]).toEqual([200, 200]);
      expect(cookies).toHaveLength(3);
      for (const cookie of cookies) {
        expect(cookie).toMatch(/^nerve_(?:session|refresh|device)=/);
        expect(cookie).not.toContain("Secure");
        expect(cookie).toContain("; HttpOnly; SameSite=Strict");
      }
    });

    test("beside a public https address, they are Secure all the same", async () => {
      const environment = { NERVE_ALLOW_PLAIN_HTTP: "true", NERVE_PUBLIC_URL: publicUrl };
      const { cookies } = await signInAt(environment, publicUrl);
      for (const cookie of cookies) expect(cookie).toMatch(/^__Host-.*; Secure/);
    });

    test("that is not allowed, the sign-in is refused with the reason, and not lost", async () => {
      for (const origin of ["http://nerve.lan", "http://192.0.2.7:8000"]) {
        const { status, body, cookies } = await signInAt({}, origin);
        expect([status, body.code]).toEqual([403, "COOKIES_NEED_HTTPS"]);
        expect(body.help).toContain("NERVE_ALLOW_PLAIN_HTTP=true");
        expect(cookies).toEqual([]);
      }
    });

    test("attack: a name that leads here by somebody else's doing is another site (DNS rebinding)", async () => {
      for (const origin of ["http://evil", "http://evil.example", "http://127.0.0.1.evil.example:8000", "http://lan"]) {
        for (const environment of [{}, { NERVE_ALLOW_PLAIN_HTTP: "true" }]) {
          const { status, body, cookies } = await signInAt(environment, origin);
          expect([origin, status, body.code]).toEqual([origin, 403, "CROSS_SITE"]);
          expect(body.help).toContain("NERVE_PUBLIC_URL");
          expect(cookies).toEqual([]);
        }
      }
    });

    test("of this machine, browsers keep secure cookies", async () => {
      for (const origin of ["http://localhost:8000", "http://[::1]:8000", "http://nerve.localhost:8000"]) {
        expect((await signInAt({}, origin)).status).toBe(200);
      }
    });
  });
});

/** Posts JSON under another name than the server's address, as a browser on a network does; `fetch` cannot. */
function callWithHost(url: string, path: string, headers: Record<string, string>, body: unknown) {
  return new Promise<{ status: number; cookies: string[]; body: { code?: string; help?: string } }>(
    (resolve, reject) => {
      const asked = request(`${url}${path}`, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
      });
      asked.on("error", reject).on("response", (answer) => {
        json(answer).then(
          (read) =>
            resolve({
              status: answer.statusCode ?? 0,
              cookies: answer.headers["set-cookie"] ?? [],
              body: read as { code?: string; help?: string },
            }),
          reject,
        );
      });
      asked.end(JSON.stringify(body));
    },
  );
}
