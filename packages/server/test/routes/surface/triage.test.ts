import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnEachEngine } from "../../../../database/test/support/engines.ts";
import { makeFinding } from "../../../../database/test/support/surface/findings.ts";
import { makePeople, type People } from "../../support/people.ts";
import { serveTest, type TestServer } from "../../support/test-server.ts";

describeOnEachEngine("The routes of triage", (context) => {
  let server: TestServer;
  let people: People;
  let ours = 0;
  let theirs = 0;
  beforeAll(async () => {
    server = await serveTest(context.db);
    people = await makePeople(context.db);
    ours = (await makeFinding(context.db, { companyId: people.companyId })).id;
    theirs = (await makeFinding(context.db, { companyId: people.otherCompanyId })).id;
  });
  afterAll(() => server.close());

  const call = (role: keyof People["byRole"], route: string, body?: unknown) =>
    server.call(route, { token: people.byRole[role].token, body });

  test("assign, tag, rate and annotate a finding", async () => {
    const { id: userId } = people.byRole.user;
    const assigned = await call("analyst", "POST /api/findings/assignments", { ids: [ours], userId });
    expect(assigned).toMatchObject({ status: 200, body: { changed: 1, unchanged: 0 } });
    expect((await call("user", "GET /api/findings")).body.items).toMatchObject([{ id: ours }]);
    const tagged = await call("analyst", "POST /api/findings/tags", { ids: [ours], add: ["Exposed"] });
    expect(tagged).toMatchObject({ status: 200, body: { changed: 1 } });
    const reason = "Everybody gets there.";
    const rated = await call("analyst", `PATCH /api/findings/${ours}`, { severity: "critical", reason });
    expect(rated).toMatchObject({ status: 200, body: { id: ours, severity: "critical", risk: 800 } });
    expect((await call("admin", "GET /api/findings?tag=exposed&severity=critical")).body.items).toHaveLength(1);
    const note = await call("analyst", `POST /api/findings/${ours}/notes`, { body: "Looked at." });
    expect(note).toMatchObject({ status: 201, body: { findingId: ours, userId: people.byRole.analyst.id } });
    const deleted = await call("analyst", `DELETE /api/findings/${ours}/notes/${note.body.id}`);
    expect(deleted.status).toBe(204);
  });

  test("refuse a severity without a reason", async () => {
    const { status, body } = await call("analyst", `PATCH /api/findings/${ours}`, { severity: "low" });
    expect([status, body.code]).toEqual([400, "INVALID_INPUT"]);
  });

  test.each<[string, () => unknown]>([
    ["POST /api/findings/assignments", () => ({ ids: [ours, theirs], userId: null })],
    ["POST /api/findings/tags", () => ({ ids: [theirs], add: ["mine"] })],
    ["PATCH /api/findings/ID", () => ({ severity: null })],
    ["POST /api/findings/ID/notes", () => ({ body: "Mine." })],
    ["DELETE /api/findings/ID/notes/1", () => undefined],
  ])("attack: %s finds nothing of another company", async (route, body) => {
    const answer = await call("admin", route.replace("ID", String(theirs)), body());
    expect([answer.status, answer.body.code]).toEqual([404, "NOT_FOUND"]);
  });

  test("show and lay down the company's policy, and no other's", async () => {
    const policies = [{ severity: "critical", days: 2, exploitedDays: 1 }];
    const set = await call("admin", "PUT /api/sla-policy", { policies });
    expect(set).toMatchObject({ status: 200, body: { companyId: people.companyId } });
    const { body } = await call("admin", "GET /api/sla-policy");
    expect(body.policies).toMatchObject([...policies, { severity: "high", days: 30 }, {}, {}, {}]);
    const { otherCompanyId: companyId } = people;
    expect((await call("admin", `GET /api/sla-policy?companyId=${companyId}`)).status).toBe(404);
    expect((await call("admin", "PUT /api/sla-policy", { companyId, policies })).status).toBe(404);
    expect((await call("super_admin", `GET /api/sla-policy?companyId=${companyId}`)).body.policies).toMatchObject([
      { days: 7 },
      ...Array.from({ length: 4 }, () => ({})),
    ]);
  });
});
