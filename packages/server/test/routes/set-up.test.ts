import { createServer } from "../../src/index.ts";
import { createSetUpLink, type SetUpLink } from "../../src/routes/set-up/set-up-link.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { serveTest, testSettings, type TestServer } from "../support/test-server.ts";

describeOnEachEngine("setting up", (context) => {
  let server: TestServer;
  let link: SetUpLink | null;
  const account = { email: "root@example.org", password: "moon river dance seven" };
  const tokenOf = (wanted: SetUpLink | null) => wanted?.urlAt("http://x").split("#token=")[1] ?? "";

  beforeAll(async () => {
    link = await createSetUpLink(context.db);
    server = await serveTest(context.db, {}, { setUpLink: link });
  });
  afterAll(() => server.close());

  const setUp = (token: string) => server.call("POST /api/setup", { body: { ...account, token } });

  test("nothing can be signed in to before", async () => {
    for (const password of ["admin", "password", account.password]) {
      const body = { email: "admin@example.org", password };
      expect((await server.call("POST /api/auth/sign-in", { body })).status).toBe(401);
    }
  });

  test("the page of the link shows a form and uses nothing up, and nothing of it runs but its own script", async () => {
    for (let visits = 0; visits < 2; visits += 1) {
      const { status, headers, text } = await server.call("GET /set-up");
      expect([status, headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
      expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self';/);
      expect(text).not.toMatch(/<script>|style="|onclick|https?:/);
      expect(text).toContain('action="/api/setup"');
    }
    for (const file of ["/pages/form.js", "/pages/style.css", "/reset-password", "/verify-email"]) {
      expect((await server.call(`GET ${file}`)).status).toBe(200);
    }
    expect(link?.accepts(tokenOf(link))).toBe(true);
  });

  test("attack: another token creates nobody", async () => {
    for (const token of ["guess", "A".repeat(43)]) {
      expect((await setUp(token)).body.code).toBe("TOKEN_INVALID");
    }
  });

  test("attack: a link is worth nothing a day later", async () => {
    const old = await createSetUpLink(context.db);
    // Nor where the clock was ahead when it was made.
    for (const hours of [-1, 25]) {
      context.clock.advance({ hours });
      expect(old?.accepts(tokenOf(old))).toBe(false);
    }
    link = await createSetUpLink(context.db);
    await server.close();
    server = await serveTest(context.db, {}, { setUpLink: link });
  });

  test("a password that is too weak leaves the link as it is", async () => {
    const body = { ...account, password: "password", token: tokenOf(link) };
    const answer = await server.call("POST /api/setup", { body });
    expect([answer.status, answer.body.issues[0].field]).toEqual([400, "password"]);
  });

  test("attack: of many requests at once with the link, one creates the administrator", async () => {
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        server.call("POST /api/setup", {
          body: { ...account, email: `root${index}@example.org`, token: tokenOf(link) },
        }),
      ),
    );
    const created = answers.filter(({ status }) => status === 201);
    expect(created).toHaveLength(1);
    expect(created[0]?.body).toMatchObject({ role: "super_admin", companyId: null, status: "active" });
  });

  test("with a user there, the link is worth nothing and no other is made", async () => {
    expect((await setUp(tokenOf(link))).status).toBeGreaterThanOrEqual(400);
    expect(await createSetUpLink(context.db)).toBeNull();
    const again = await createServer({ db: context.db, settings: testSettings({ NERVE_LOG_LEVEL: "silent" }) });
    const payload = { ...account, token: "A".repeat(43) };
    expect((await again.inject({ method: "POST", url: "/api/setup", payload })).statusCode).toBe(400);
    await again.close();
  });
});
