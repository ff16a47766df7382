import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnEachEngine } from "../../../../database/test/support/engines.ts";
import { makeAsset, makeFinding } from "../../../../database/test/support/surface/findings.ts";
import { makePeople, type People } from "../../support/people.ts";
import { serveTest, type TestServer } from "../../support/test-server.ts";

describeOnEachEngine("The routes of assets", (context) => {
  let server: TestServer;
  let people: People;
  const ids = { mine: 0, other: 0, theirs: 0 };

  beforeAll(async () => {
    const { db } = context;
    server = await serveTest(db);
    people = await makePeople(db);
    const { companyId, otherCompanyId } = people;
    ids.mine = (await makeAsset(db, { companyId })).id;
    ids.other = (await makeAsset(db, { companyId })).id;
    ids.theirs = (await makeAsset(db, { companyId: otherCompanyId })).id;
    await makeFinding(db, { companyId, assetId: ids.other });
  });
  afterAll(() => server.close());

  const as = (person: keyof People["byRole"], route: string, body?: unknown) =>
    server.call(route, { token: people.byRole[person].token, body });

  test("list and show those of the caller's company", async () => {
    const { body } = await as("company_user", "GET /api/assets?kind=host");
    expect((body.items as { id: number }[]).map(({ id }) => id)).toEqual([ids.other, ids.mine]);
    expect((await as("analyst", `GET /api/assets/${ids.other}`)).body).toMatchObject({ openFindings: 1, services: [] });
    expect((await as("user", "GET /api/assets")).status).toBe(403);
  });

  test("attack: neither show, change nor merge one of another company", async () => {
    expect((await as("admin", `GET /api/assets/${ids.theirs}`)).status).toBe(404);
    const change = { criticality: 4 };
    expect((await as("admin", `PATCH /api/assets/${ids.theirs}`, change)).status).toBe(404);
    for (const [id, fromId] of [
      [ids.theirs, ids.mine],
      [ids.mine, ids.theirs],
    ]) {
      expect((await as("admin", "POST /api/assets/merge", { id, fromId })).status).toBe(404);
    }
  });

  test("put tags on them", async () => {
    const tagged = await as("analyst", "POST /api/assets/tags", { ids: [ids.mine], add: ["Exposed"] });
    expect([tagged.status, tagged.body]).toEqual([200, { changed: 1, unchanged: 0 }]);
    expect((await as("analyst", "GET /api/assets?tag=exposed")).body.items).toMatchObject([{ id: ids.mine }]);
    expect((await as("admin", "POST /api/assets/tags", { ids: [ids.theirs], add: ["mine"] })).status).toBe(404);
    expect((await as("company_user", "POST /api/assets/tags", { ids: [ids.mine], add: ["mine"] })).status).toBe(403);
  });

  test("merge two that are the same", async () => {
    const { status, body } = await as("analyst", "POST /api/assets/merge", { id: ids.mine, fromId: ids.other });
    expect([status, body]).toEqual([200, { id: ids.mine, moved: 1, doubles: 0, services: 0 }]);
    expect((await as("analyst", `GET /api/assets/${ids.other}`)).status).toBe(404);
  });
});
