import { logAudit, logSecurityEvent } from "@nerve/database";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { type Person, signedIn } from "../support/people.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

const documents = [{ keyId: 7 }, { keyId: "7" }, { keyId: 7, "a.b": "ä&=" }, { keyId: null }];
const routes = ["GET /api/security/events", "GET /api/audit"];

describeOnEachEngine("A list that is filtered by JSON", (context) => {
  let server: TestServer;
  let person: Person;

  beforeAll(async () => {
    server = await serveTest(context.db);
    person = await signedIn(context.db, "super_admin");
    for (const metadata of documents) {
      await logSecurityEvent(context.db, { eventType: "test", severity: "info", description: "Test", metadata });
      await logAudit(context.db, { action: "test", metadata });
    }
  });
  afterAll(() => server.close());

  const ask = (route: string, metadata: string) =>
    server.call(`${route}?metadata=${encodeURIComponent(metadata)}`, { token: person.token });

  test.each(routes)("%s answers with what holds every member", async (route) => {
    const found = async (filter: unknown) => {
      const { status, body } = await ask(route, JSON.stringify(filter));
      expect(status).toBe(200);
      return (body.items as { metadataJson: unknown }[]).map(({ metadataJson }) => metadataJson).toReversed();
    };
    expect(await found({ keyId: 7 })).toEqual([documents[0], documents[2]]);
    expect(await found({ keyId: "7" })).toEqual([documents[1]]);
    expect(await found({ "a.b": "ä&=", keyId: 7 })).toEqual([documents[2]]);
    expect(await found({ keyId: null })).toEqual([documents[3]]);
    expect(await found({ keyId: "7' OR 1=1 --" })).toEqual([]);
  });

  test.each(["", "keyId:7", "[]", "7", "null", '{"a":{}}', '{"a":1', '{"__proto__":1}', `{"a":"${"ä".repeat(600)}"}`])(
    "attack: %j is refused, and never means everything",
    async (metadata) => {
      for (const route of routes) {
        const { status, body } = await ask(route, metadata);
        expect([status, body.code, body.issues[0].field]).toEqual([
          400,
          "INVALID_INPUT",
          expect.stringMatching(/^metadata/),
        ]);
      }
    },
  );

  test("a repeated filter is refused", async () => {
    const twice = `metadata=${encodeURIComponent('{"keyId":7}')}`;
    expect((await server.call(`${routes[0]}?${twice}&${twice}`, { token: person.token })).status).toBe(400);
  });

  test("is described as a text", async () => {
    const { body } = await server.call("GET /openapi.json");
    for (const path of ["/api/security/events", "/api/audit"]) {
      const parameters = body.paths[path].get.parameters as { name: string; required?: boolean }[];
      expect(parameters.find(({ name }) => name === "metadata")).toMatchObject({
        in: "query",
        required: false,
        schema: { type: "string", maxLength: 1024 },
      });
    }
  });
});
