import { type Database, openDatabase } from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLogger, createServer } from "../../src/index.ts";
import { declareRoutes } from "../../src/lifecycle/declare-routes.ts";
import { serveTest, testSettings, type TestServer } from "../support/test-server.ts";
import fastify from "fastify";

describe("the OpenAPI document", () => {
  let db: Database;
  let server: TestServer;

  beforeAll(async () => {
    db = await openDatabase("sqlite::memory:");
    server = await serveTest(db);
  });
  afterAll(async () => {
    await server.close();
    await db.close();
  });

  test("has every route of the API, and no other", () => {
    const registered = server.server
      .declaredRoutes()
      .filter(({ url }) => url.startsWith("/api/") || url === "/metrics")
      .map(({ method, url }) => `${method} ${url.replaceAll(/:(\w+)/g, "{$1}")}`);
    expect(server.contract.operations.toSorted()).toEqual(registered.toSorted());
  });

  test("is served as OpenAPI 3.1, says who may call what, and describes problems", async () => {
    const { body } = await server.call("GET /openapi.json");
    expect(body.openapi).toBe("3.1.0");
    expect(body.paths["/api/audit"].get).toMatchObject({
      security: [{ bearer: [] }],
      description: "For super_admin, admin. An API key needs `audit:read`.",
    });
    expect(body.paths["/api/health"].get.security).toEqual([]);
    for (const methods of Object.values<Record<string, { summary: string; responses: object }>>(body.paths)) {
      for (const { summary, responses } of Object.values(methods)) {
        expect(summary).not.toBe("");
        expect(responses).toHaveProperty("default.content.application/problem+json");
      }
    }
  });

  test("derives its components from the tables, without what never leaves the database", async () => {
    const { body } = await server.call("GET /openapi.json");
    const { User: user, ApiKey: key, Session: session } = body.components.schemas;
    expect(user.properties.email).toEqual({ type: "string", maxLength: 255 });
    expect(user.properties.createdAt).toEqual({ type: "string", format: "date-time" });
    const names = [user, key, session].flatMap(({ properties }) => Object.keys(properties));
    for (const hidden of [
      "passwordHash",
      "twoFactorSecret",
      "twoFactorBackupCodes",
      "keyHash",
      "token",
      "refreshToken",
    ]) {
      expect(names).not.toContain(hidden);
    }
  });

  test("is shown by a page that loads nothing from elsewhere", async () => {
    const page = await server.call("GET /docs");
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self';/);
    const files = Array.from(page.text.matchAll(/(?:src|href)="([^"]+)"/g), ([, file = ""]) => file);
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      expect(file).not.toMatch(/^(?:https?:)?\/\//);
      expect((await server.call(`GET ${new URL(file, "http://x/docs").pathname}`)).status).toBe(200);
    }
  });

  test("is closed to everybody where other machines reach the server, unless opened", async () => {
    const environments: [Record<string, string>, number][] = [
      [{ NERVE_PUBLIC_URL: "https://nerve.example.org" }, 404],
      [{ NERVE_PUBLIC_URL: "https://nerve.example.org", NERVE_API_DOCS: "on" }, 200],
      [{ NERVE_API_DOCS: "off" }, 404],
    ];
    for (const [environment, expected] of environments) {
      const other = await createServer({ db, settings: testSettings(environment), log: createLogger("silent") });
      for (const url of ["/openapi.json", "/docs"]) {
        expect((await other.inject({ url })).statusCode).toBe(expected);
      }
      await other.close();
    }
  });

  test("a route of which nobody said who may call it keeps a server from starting", async () => {
    const app = fastify();
    declareRoutes(app);
    app.get("/api/forgotten", () => "secret");
    await expect(app.ready()).rejects.toThrow("GET /api/forgotten");
    await app.close();
  });
});
