import { createApiKey } from "@nerve/database";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { signedIn } from "../support/people.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

const background = { "x-background": "1" };

describeOnEachEngine("a session that is idle for half an hour ends", (context) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await serveTest(context.db, { NERVE_SESSION_IDLE_MINUTES: "30" });
  });
  afterAll(() => server.close());

  /** Sends the same request every ten minutes, four times; what is answered, and what a person gets afterwards. */
  async function goOn(route: string, headers: Record<string, string>): Promise<number[]> {
    const { token } = await signedIn(context.db, "user");
    const statuses: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      context.clock.advance({ minutes: 10 });
      statuses.push(
        (await server.call(route, { token, headers, ...(route.startsWith("POST") && { body: {} }) })).status,
      );
    }
    return [...statuses, (await server.call("GET /api/auth/me", { token })).status];
  }

  test("while a page refreshes by itself, too", async () => {
    for (const route of ["GET /api/auth/me", "GET /api/users/1/", "GET /api/sessions"]) {
      const [first, second, ...later] = await goOn(route, background);
      expect([first, second]).not.toContain(401);
      expect(later).toEqual([401, 401, 401]);
    }
  });

  test("unless somebody reads", async () => {
    for (const headers of [{}, { "x-background": "0" }, { "x-background": "true" }]) {
      expect(await goOn("GET /api/auth/me", headers)).toEqual([200, 200, 200, 200, 200]);
    }
  });

  test("unless somebody changes something, whatever the request says of itself", async () => {
    expect(await goOn("POST /api/keys", background)).toEqual([403, 403, 403, 403, 200]);
  });

  test("keys have no idle end, and may say it as well", async () => {
    const { id: userId } = await signedIn(context.db, "user");
    const { key } = await createApiKey(context.db, { userId, name: "Script", permissions: ["*"] });
    expect((await server.call("GET /api/xasm/scans", { token: key, headers: background })).status).toBe(200);
  });

  test("every route that reads with a session says so, and no other", () => {
    const described = Object.entries(server.server.swagger().paths ?? {}).flatMap(([path, methods]) =>
      Object.entries(methods as Record<string, { security?: unknown[]; parameters?: { name?: string }[] }>).map(
        ([method, { security = [], parameters = [] }]) => ({
          route: `${method} ${path}`,
          expected: method === "get" && security.length > 0,
          said: parameters.some(({ name }) => name === "X-Background"),
        }),
      ),
    );
    expect(described.filter(({ expected }) => expected).length).toBeGreaterThan(15);
    for (const { route, expected, said } of described) expect([route, said]).toEqual([route, expected]);
  });
});
