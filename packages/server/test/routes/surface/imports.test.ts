import { importReport } from "@nerve/database";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnEachEngine } from "../../../../database/test/support/engines.ts";
import { linesOf, reportOf } from "../../../../database/test/surface/support/reports.ts";
import { makePeople, type People } from "../../support/people.ts";
import { serveTest, type TestServer } from "../../support/test-server.ts";

describeOnEachEngine("The routes of imports", (context) => {
  let server: TestServer;
  let people: People;
  let importId = 0;

  beforeAll(async () => {
    const { db } = context;
    server = await serveTest(db);
    people = await makePeople(db);
    const source = reportOf(linesOf([{ rule: "<script>alert(1)</script>" }]));
    importId = (await importReport(db, { companyId: people.companyId, source, format: "nerve" })).importId;
  });
  afterAll(() => server.close());

  const as = (person: keyof People["byRole"], route: string) =>
    server.call(`GET /api/imports${route}`, { token: people.byRole[person].token });

  test("tell what was imported, and what it changed", async () => {
    const { body: list } = await as("company_user", "?status=done&source=nerve-lines");
    expect(list.items).toMatchObject([{ importId, findings: 1, assets: { created: 2 } }]);
    expect((await as("analyst", `/${importId}`)).body).toMatchObject({ importId, rejects: [], warnings: [] });
    const { body: changes } = await as("admin", `/${importId}/changes?limit=5`);
    expect(changes.items).toMatchObject([{ kind: "opened", from: null, title: "<script>alert(1)</script>" }]);
  });

  test("show who reaches their own alone nothing that others imported", async () => {
    expect((await as("user", "")).body.items).toEqual([]);
    expect((await as("user", `/${importId}`)).status).toBe(404);
    expect((await as("demo", `/${importId}/changes`)).status).toBe(404);
  });
});
