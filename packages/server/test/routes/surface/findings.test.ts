import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnEachEngine } from "../../../../database/test/support/engines.ts";
import { makeFinding } from "../../../../database/test/support/surface/findings.ts";
import { makeWholeFinding } from "../../../../database/test/surface/support/whole-finding.ts";
import { makePeople, type People } from "../../support/people.ts";
import { serveTest, type TestServer } from "../../support/test-server.ts";

describeOnEachEngine("The routes of findings", (context) => {
  let server: TestServer;
  let people: People;
  const ids: Record<"high" | "closed" | "theirs", number> = { high: 0, closed: 0, theirs: 0 };

  beforeAll(async () => {
    const { db } = context;
    server = await serveTest(db);
    people = await makePeople(db);
    const { companyId, otherCompanyId, byRole } = people;
    const mine = { companyId, severity: "high", assignedToUserId: byRole.user.id } as const;
    ids.high = (await makeFinding(db, mine)).id;
    ids.closed = (await makeFinding(db, { companyId, status: "false_positive" })).id;
    ids.theirs = (await makeFinding(db, { companyId: otherCompanyId })).id;
  });
  afterAll(() => server.close());

  const listAs = async (person: keyof People["byRole"], query = "") => {
    const { status, body } = await server.call(`GET /api/findings?${query}`, { token: people.byRole[person].token });
    return { status, body, ids: (body.items as { id: number }[] | undefined)?.map(({ id }) => id) };
  };

  test("list what is asked for of the caller's company", async () => {
    for (const role of ["admin", "analyst", "company_user"] as const) {
      expect(await listAs(role)).toMatchObject({ status: 200, ids: [ids.high, ids.closed] });
    }
    expect((await listAs("analyst", "open=false")).ids).toEqual([ids.closed]);
    expect((await listAs("analyst", "severity=high&open=true&sort=newest&overdue=false")).ids).toEqual([ids.high]);
    const [first] = (await listAs("analyst", "limit=1")).body.items;
    expect(first).toMatchObject({ assetName: expect.any(String), severity: "high" });
  });

  test("list what is assigned to who reaches their own alone", async () => {
    expect((await listAs("user")).ids).toEqual([ids.high]);
    expect((await listAs("demo")).ids).toEqual([]);
  });

  test("ask who reaches several companies for one", async () => {
    const { status, body } = await listAs("super_admin");
    expect([status, body.code]).toEqual([409, "COMPANY_NEEDED"]);
    expect((await listAs("super_admin", `companyId=${people.otherCompanyId}`)).ids).toEqual([ids.theirs]);
  });

  const parts = ["", "/history", "/locations", "/notes", "/evidence"];

  test("show one with all that belongs to it", async () => {
    const { companyId, byRole } = people;
    const { id: userId, token } = byRole.user;
    const { id } = await makeWholeFinding(context.db, companyId, { userId, text: "<script>alert(1)</script>" });
    for (const part of parts) {
      const { status, text } = await server.call(`GET /api/findings/${id}${part}`, { token });
      expect([part, status]).toEqual([part, 200]);
      expect(text).toContain("<script>alert(1)</script>");
    }
    const { body } = await server.call("GET /api/audit?action=finding_evidence_read", { token: byRole.admin.token });
    expect(body.items).toMatchObject([{ userId, companyId, resourceId: id }]);
  });

  test("tell what makes it this one, and what is like it", async () => {
    const { token } = people.byRole.analyst;
    const { body } = await server.call(`GET /api/findings/${ids.high}/identity`, { token });
    expect(body).toMatchObject({ findingId: ids.high, source: "nuclei", lastMatch: null });
    const { body: related } = await server.call(`GET /api/findings/${ids.high}/related`, { token });
    expect(related).toEqual({ items: [], more: false });
  });

  test.each([...parts, "/related", "/identity"])(
    "attack: GET /api/findings/{id}%s of another company is not there, nor what is not theirs",
    async (part) => {
      for (const role of ["admin", "analyst", "company_user", "user", "demo"] as const) {
        const { token } = people.byRole[role];
        const { status, body } = await server.call(`GET /api/findings/${ids.theirs}${part}`, { token });
        expect([status, body.code]).toEqual([404, "NOT_FOUND"]);
      }
      const { token } = people.byRole.demo;
      expect((await server.call(`GET /api/findings/${ids.high}${part}`, { token })).status).toBe(404);
    },
  );

  test("count, and tell the first assets and rules", async () => {
    const { token } = people.byRole.company_user;
    const { body } = await server.call("GET /api/findings/facets?open=false", { token });
    expect(body).toMatchObject({ total: 1, more: false, status: { false_positive: 1, open: 0 } });
    for (const top of ["top-assets", "top-rules"]) {
      const { body: first } = await server.call(`GET /api/findings/${top}?limit=1`, { token });
      expect(first.items).toMatchObject([{ openFindings: 1 }]);
    }
  });

  test("attack: show nothing of another company that is named", async () => {
    expect((await listAs("admin", `companyId=${people.otherCompanyId}`)).ids).toEqual([]);
  });
});
