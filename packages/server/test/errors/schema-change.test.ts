import { migrate } from "@nerve/database";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { rollBackBefore } from "../../../database/test/support/roll-back.ts";
import { signedIn } from "../support/people.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

describeOnEachEngine("A schema that is changed underneath a server", (context) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await serveTest(context.db);
  });
  afterAll(() => server.close());

  test("is answered with 503 and a time to try again, until it is as it was", async () => {
    const { token } = await signedIn(context.db, "super_admin");
    const events = () => server.call("GET /api/security/events", { token });
    expect((await events()).status).toBe(200);
    await rollBackBefore(context.db, "0011");
    const meanwhile = await events();
    expect([meanwhile.status, meanwhile.body.code]).toEqual([503, "NOT_READY"]);
    expect(Number(meanwhile.headers.get("retry-after"))).toBeGreaterThan(0);
    const ready = await server.call("GET /api/health/ready");
    expect([ready.status, ready.body.code]).toEqual([503, "NOT_READY"]);
    // Whoever runs the server is told why; whoever asks is not.
    expect(server.logLines.join("")).toContain("Migrations are pending: 0011");
    expect(JSON.stringify(ready.body)).not.toContain("0011");
    await migrate(context.db);
    expect((await events()).status).toBe(200);
  });

  test("is no excuse for a fault of the server's own", async () => {
    const { token } = await signedIn(context.db, "super_admin");
    await context.db.executor.transaction((tx) => tx.script("ALTER TABLE security_events RENAME TO elsewhere"));
    const { status, body } = await server.call("GET /api/security/events", { token });
    await context.db.executor.transaction((tx) => tx.script("ALTER TABLE elsewhere RENAME TO security_events"));
    expect([status, body.code]).toEqual([500, "DATABASE_FAILED"]);
  });
});
