import { createApiKey } from "@nerve/database";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnEachEngine } from "../../../../database/test/support/engines.ts";
import { makeFinding } from "../../../../database/test/support/surface/findings.ts";
import { makePeople, type People } from "../../support/people.ts";
import { serveTest, type TestServer } from "../../support/test-server.ts";

describeOnEachEngine("The routes of decisions", (context) => {
  let server: TestServer;
  let people: People;

  beforeAll(async () => {
    server = await serveTest(context.db);
    people = await makePeople(context.db);
  });
  afterAll(() => server.close());

  const call = (route: string, person: keyof People["byRole"], body?: object) =>
    server.call(route, { token: people.byRole[person].token, ...(body === undefined ? {} : { body }) });
  const decide = (person: keyof People["byRole"], body: object) =>
    call("POST /api/findings/decisions", person, { reason: "Looked at.", ...body });
  const inAMonth = () => new Date(context.clock.now().getTime() + 30 * 86_400_000).toISOString();

  async function aFinding(of = people.companyId) {
    return (await makeFinding(context.db, { companyId: of, severity: "low" })).id;
  }

  test("decide on findings, and tell which were refused", async () => {
    const [open, gone, theirs] = [
      await aFinding(),
      (await makeFinding(context.db, { companyId: people.companyId, status: "resolved" })).id,
      await aFinding(people.otherCompanyId),
    ];
    expect(await decide("analyst", { ids: [open, gone, theirs], action: "false-positive" })).toMatchObject({
      status: 200,
      body: {
        changed: 1,
        unchanged: 0,
        refused: [
          { id: theirs, code: "NOT_FOUND" },
          { id: gone, code: "TRANSITION_REFUSED" },
        ],
      },
    });
    const refused = await decide("analyst", { ids: [gone], action: "confirm" });
    expect([refused.status, refused.body.code]).toEqual([409, "TRANSITION_REFUSED"]);
    expect((await decide("analyst", { ids: [theirs], action: "confirm" })).status).toBe(404);
  });

  test("decide on what a filter with times matches, if that is as many as expected", async () => {
    await aFinding();
    const filter = { severity: "low", open: true, openedSince: context.clock.now().toISOString() };
    const { items } = (await call("GET /api/findings?severity=low&open=true", "analyst")).body;
    const expectedCount = (items as unknown[]).length;
    const wrong = await decide("analyst", { filter, expectedCount: expectedCount + 1, action: "confirm" });
    expect([wrong.status, wrong.body.code]).toEqual([409, "CONFLICT"]);
    const right = await decide("analyst", { filter, expectedCount, action: "confirm" });
    expect(right.body).toEqual({ changed: expectedCount, unchanged: 0, refused: [] });
    const unknown = await decide("analyst", { filter: { intruder: 1 }, expectedCount, action: "confirm" });
    expect([unknown.status, unknown.body.code]).toEqual([400, "INVALID_INPUT"]);
  });

  test("attack: let nobody accept a risk who may only decide, and no key", async () => {
    const ids = [await aFinding()];
    const body = { ids, action: "accept-risk", until: inAMonth() };
    const refused = await decide("analyst", body);
    expect([refused.status, refused.body.code]).toEqual([403, "PERMISSION_DENIED"]);
    const userId = people.byRole.admin.id;
    const { key } = await createApiKey(context.db, { userId, name: "Deciding", permissions: ["finding:decide"] });
    const decision = { reason: "Looked at.", ...body };
    expect((await server.call("POST /api/findings/decisions", { token: key, body: decision })).status).toBe(403);
    const confirming = { ids, action: "confirm", reason: "Looked at." };
    expect((await server.call("POST /api/findings/decisions", { token: key, body: confirming })).status).toBe(200);
    expect((await decide("admin", body)).body).toMatchObject({ changed: 1 });
  });

  test("list accepted risks, replace and revoke them", async () => {
    const { id: companyId } = { id: people.companyId };
    const ids = [await aFinding()];
    await decide("admin", { ids, action: "accept-risk", until: inAMonth() });
    const list = async () => (await call("GET /api/risk-acceptances", "company_user")).body.items as { id: number }[];
    const before = await list();
    const newest = Math.max(...before.map(({ id }) => id));
    expect(before.find(({ id }) => id === newest)).toMatchObject({ companyId, state: "live", findings: 1 });
    const replaced = await call(`POST /api/risk-acceptances/${newest}/replace`, "admin", { until: inAMonth() });
    expect(replaced).toMatchObject({ status: 201, body: { findings: 1 } });
    const { id } = replaced.body as unknown as { id: number };
    expect(await call(`POST /api/risk-acceptances/${id}/revoke`, "admin")).toMatchObject({
      status: 200,
      body: { id, opened: 1 },
    });
    const again = await call(`POST /api/risk-acceptances/${id}/revoke`, "admin");
    expect([again.status, again.body.code]).toEqual([409, "TRANSITION_REFUSED"]);
    expect((await list()).map((one) => one.id)).not.toContain(id);
  });
});
