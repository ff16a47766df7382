import { createApiKey, enrolTwoFactor, requestPasswordReset } from "@nerve/database";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testPassword } from "../../../database/test/support/people/accounts.ts";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { createLogger } from "../../src/index.ts";
import { signedIn } from "../support/people.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

describeOnEachEngine("the log", (context) => {
  let server: TestServer;

  beforeAll(async () => {
    server = await serveTest(context.db);
  });
  afterAll(() => server.close());

  test("attack: holds no password, token, code or key, wherever a client puts it", async () => {
    const person = await signedIn(context.db, "super_admin");
    const { key } = await createApiKey(context.db, { userId: person.id, name: "A key" });
    const { secret } = await enrolTwoFactor(context.db, person.id);
    const reset = await requestPasswordReset(context.db, { email: person.email, ipAddress: "192.0.2.1" });
    const canaries = [
      person.token,
      person.refreshToken,
      key,
      secret,
      reset?.token ?? "",
      testPassword,
      "canary-in-a-field",
    ];
    for (const canary of canaries) {
      const body = { email: person.email, password: canary, token: canary, code: canary, challenge: canary };
      const text = encodeURIComponent(canary);
      await server.call("POST /api/auth/sign-in", { body });
      await server.call("POST /api/auth/sign-in", { body: { email: canary, password: canary } });
      await server.call("POST /api/auth/second-factor", { body: { challenge: canary, code: canary } });
      await server.call("POST /api/auth/password/reset", { body: { token: canary, newPassword: canary } });
      await server.call("POST /api/auth/email/verify", { body: { token: canary } });
      await server.call("POST /api/auth/refresh", { body: { refreshToken: canary } });
      await server.call("POST /api/auth/sign-in", { body: `{"password":"${canary}"` });
      await server.call(`GET /api/users?token=${text}`, { token: person.token });
      await server.call(`GET /api/users/${text}`, { token: person.token });
      await server.call(`GET /${text}?token=${text}`);
      await server.call("GET /api/auth/me", { token: canary });
      await server.call("GET /api/auth/me", {
        headers: { cookie: `__Host-nerve_session=${text}`, "user-agent": text },
      });
    }
    const log = server.logLines.join("");
    expect(log.length).toBeGreaterThan(1000);
    for (const canary of canaries) {
      expect(log).not.toContain(canary);
      expect(log).not.toContain(encodeURIComponent(canary));
    }
  });

  test("says when, who, what, from where and how it ended, one JSON object a line", async () => {
    const person = await signedIn(context.db, "user");
    const { headers } = await server.call("GET /api/xasm/scans?days=3", { token: person.token });
    const lines = server.logLines.map((line) => JSON.parse(line));
    expect(server.logLines.every((line) => line.endsWith("\n") && line.indexOf("\n") === line.length - 1)).toBe(true);
    const line = lines.find(({ requestId }) => requestId === headers.get("x-request-id"));
    expect(line).toEqual({
      level: "info",
      time: expect.any(String),
      name: "nerve",
      requestId: headers.get("x-request-id"),
      milliseconds: expect.any(Number),
      msg: "request",
      method: "GET",
      route: "/api/xasm/scans",
      status: 200,
      ipAddress: "127.0.0.1",
      userId: person.id,
    });
    expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  test("attack: a line cannot be forged", async () => {
    await server.call('GET /api/%0A{"level":"info","msg":"forged"}');
    expect(server.logLines.filter((line) => line.includes("forged"))).toEqual([]);
  });

  test("tells of an error what it is and where, and of its causes, but none of the values in it", () => {
    const lines: string[] = [];
    const log = createLogger("info", { write: (line) => void lines.push(line) });
    const cause = Object.assign(new Error("driver"), { detail: "Key (email)=(canary) exists", parameters: ["canary"] });
    log.error({ err: new Error("outer", { cause }), body: { password: "canary" }, token: "canary" }, "failed");
    expect(lines[0]).toContain("driver");
    expect(lines[0]).toContain("secrets.test");
    expect(lines[0]).not.toContain("canary");
  });

  test("attack: redacts what has a secret name, in a line and in the objects in it, and leaves the caller's object alone", () => {
    const lines: string[] = [];
    const log = createLogger("info", { write: (line) => void lines.push(line) });
    const names = ["authorization", "cookie", "token", "refreshToken", "password", "currentPassword", "newPassword"];
    for (const name of [...names, "code", "challenge", "key", "secret", "url"]) {
      const body = { [name]: "canary", kept: 1 };
      log.info({ [name]: { deep: "canary" }, body, list: [1], nothing: null }, "line");
      expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({
        [name]: "[redacted]",
        body: { [name]: "[redacted]", kept: 1 },
        list: [1],
        nothing: null,
        msg: "line",
      });
      expect(body[name]).toBe("canary");
    }
    expect(lines.join("")).not.toContain("canary");
  });
});
