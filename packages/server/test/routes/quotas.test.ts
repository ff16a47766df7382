import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestCompany } from "../../../database/test/support/people/accounts.ts";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { type Person, signedIn } from "../support/people.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

describeOnEachEngine("quotas", (context) => {
  let server: TestServer;
  let person: Person;

  beforeAll(async () => {
    const db = await context.openAnother({ quotas: { rowsPerUser: 50, mibPerUser: 1 } });
    server = await serveTest(db);
    const { id: companyId } = await createTestCompany(db);
    person = await signedIn(db, "user", { companyId });
  });
  afterAll(() => server.close());

  const save = (scanId: string, bytes: number) => {
    const body = { scanId, target: "example.org", results: { found: "x".repeat(bytes) } };
    return server.call("POST /api/xasm/scans", { token: person.token, body });
  };

  test("attack: nobody fills the disk with scans: what would pass the quota is refused, in words", async () => {
    expect((await save("first", 700_000)).status).toBe(201);
    const { status, body } = await save("second", 700_000);
    expect([status, body.code]).toEqual([413, "QUOTA_EXCEEDED"]);
    expect(body.detail).toBe("This would make 1.4 MB of the 1.0 MB that the user may store.");
    expect(body.help).toContain("Delete");
    expect((await server.call("GET /api/xasm/scans/second", { token: person.token })).status).toBe(404);
    const { token } = person;
    expect((await server.call("DELETE /api/xasm/scans/first", { token })).status).toBe(204);
    expect((await save("second", 700_000)).status).toBe(201);
  });
});
