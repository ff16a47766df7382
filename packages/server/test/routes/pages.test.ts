import { type Database, openDatabase } from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testClock } from "../../../database/test/support/clock.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

const publicUrl = "https://nerve.example.org";

describe("pages", () => {
  const clock = testClock();
  const servers: TestServer[] = [];
  let db: Database;
  let server: TestServer;
  const serve = async (environment: Record<string, string> = {}) => {
    const made = await serveTest(db, environment);
    servers.push(made);
    return made;
  };

  beforeAll(async () => {
    db = await openDatabase("sqlite::memory:", { clock });
    server = await serve();
  });
  afterAll(async () => {
    await Promise.all(servers.map((one) => one.close()));
    await db.close();
  });

  describe("the bare address", () => {
    const html = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

    test("tells people by a page, of which every link leads somewhere", async () => {
      const { status, headers, text } = await server.call("GET /", { headers: html });
      expect([status, headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
      expect(headers.get("content-security-policy")).toMatch(/^default-src 'none';/);
      const links = Array.from(text.matchAll(/href="([^"]+)"/g), ([, link = ""]) => link);
      expect(links).toContain("/docs");
      for (const link of links) expect([link, (await server.call(`GET ${link}`)).status]).toEqual([link, 200]);
    });

    test("tells programs by a document, without the version", async () => {
      const { body, headers } = await server.call("GET /");
      expect(body).toEqual({ name: "NERVE", health: "/api/health", openapi: "/openapi.json", docs: "/docs" });
      expect(headers.get("vary")).toBe("accept");
      for (const link of [body.health, body.openapi, body.docs]) {
        expect((await server.call(`GET ${link}`)).status).toBe(200);
      }
    });

    test("names no description that is closed", async () => {
      const closed = await serve({ NERVE_API_DOCS: "off" });
      expect((await closed.call("GET /")).body).toEqual({ name: "NERVE", health: "/api/health" });
      expect((await closed.call("GET /", { headers: html })).text).not.toContain("/docs");
    });
  });

  test.each(["/api/health/", "/api/health/ready/", "/set-up/", "/docs/", "/openapi.json/"])(
    "%s is answered as without its slash",
    async (path) => {
      const [slashed, plain] = await Promise.all([path, path.slice(0, -1)].map((each) => server.call(`GET ${each}`)));
      expect(slashed?.status).toBe(200);
      expect(slashed?.headers.get("content-type")).toBe(plain?.headers.get("content-type"));
    },
  );

  test.each(["/openapi.json", "/metrics"])("%s is kept by no cache", async (path) => {
    expect((await server.call(`GET ${path}`)).headers.get("cache-control")).toBe("no-store");
  });

  test("files do not count as requests, and everything else does", async () => {
    const strict = await serve({ NERVE_REQUESTS_PER_MINUTE: "3" });
    for (const path of ["/pages/form.js", "/pages/style.css", "/set-up", "/docs", "/docs/static/index.css"]) {
      for (let count = 0; count < 3; count += 1) expect((await strict.call(`GET ${path}`)).status).toBe(200);
    }
    const statuses = [];
    for (const path of ["/", "/api/health", "/nothing", "/api/health"]) {
      statuses.push((await strict.call(`GET ${path}`)).status);
    }
    expect(statuses).toEqual([200, 200, 404, 429]);
    expect((await strict.call("GET /pages/style.css")).status).toBe(200);
  });

  describe("security.txt", () => {
    const path = "GET /.well-known/security.txt";

    test("is absent without a contact", async () => {
      expect((await server.call(path)).status).toBe(404);
    });

    test("tells whom to write to, for less than a year", async () => {
      const other = await serve({ NERVE_SECURITY_CONTACT: "mailto:security@example.org", NERVE_PUBLIC_URL: publicUrl });
      const { status, headers, text } = await other.call(path);
      expect([status, headers.get("content-type")]).toEqual([200, "text/plain; charset=utf-8"]);
      expect(text).toBe(
        [
          "Contact: mailto:security@example.org",
          "Expires: 2026-05-30T00:00:00.000Z",
          `Canonical: ${publicUrl}/.well-known/security.txt`,
          "",
        ].join("\n"),
      );
    });
  });
});
