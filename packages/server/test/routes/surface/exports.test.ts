import { transaction } from "@nerve/database";
import { fetchAll, runQuery } from "@nerve/database/query";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { describeOnEachEngine } from "../../../../database/test/support/engines.ts";
import { fillCompany } from "../../../../database/test/support/surface/many-findings.ts";
import { makeFinding } from "../../../../database/test/support/surface/findings.ts";
import { makePeople, type People } from "../../support/people.ts";
import { serveTest, type TestServer } from "../../support/test-server.ts";

describeOnEachEngine("The route of exports", (context) => {
  let server: TestServer;
  let people: People;

  beforeAll(async () => {
    const { db } = context;
    server = await serveTest(db);
    people = await makePeople(db);
    await makeFinding(db, { companyId: people.companyId, title: "Ours", severity: "high" });
    await makeFinding(db, { companyId: people.companyId, title: "Minor", severity: "low" });
    await makeFinding(db, { companyId: people.otherCompanyId, title: "Theirs" });
  });
  afterAll(() => server.close());

  interface Asking {
    readonly as?: keyof People["byRole"];
    readonly from?: TestServer;
    readonly signal?: AbortSignal;
  }
  const get = (query: string, { as = "analyst", from = server, signal }: Asking = {}) =>
    fetch(`${from.url}/api/findings/export?${query}`, {
      headers: { authorization: `Bearer ${people.byRole[as].token}` },
      ...(signal === undefined ? {} : { signal }),
    });
  const ended = async (companyId: number) => {
    const query = context.db.sql.selectFrom("audit_logs").select("metadata_json").where("company_id", "=", companyId);
    const rows = await fetchAll(context.db, query.where("action", "=", "findings_exported").orderBy("id"));
    return rows.map(({ metadataJson }) => metadataJson);
  };

  test.each([
    ["sarif", "application/sarif+json"],
    ["csv", "text/csv"],
    ["jsonl", "application/jsonl"],
  ])("gives a file: %s", async (format, type) => {
    const answer = await get(`format=${format}&severity=high`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toContain(type);
    expect(answer.headers.get("content-disposition")).toBe(`attachment; filename="findings.${format}"`);
    const text = await answer.text();
    expect(text).toContain("Ours");
    expect(text).not.toMatch(/Minor|Theirs/);
  });

  test("is held to the caller's reach", async () => {
    expect(await (await get(`format=csv&companyId=${people.otherCompanyId}`)).text()).not.toContain("Theirs");
    expect(await (await get("format=jsonl", { as: "user" })).text()).toBe("");
    const statusOf = async (answer: Response) => {
      await answer.text();
      return answer.status;
    };
    expect(await statusOf(await get("format=csv", { as: "super_admin" }))).toBe(409);
    expect(await statusOf(await get("format=xml"))).toBe(400);
    expect(await statusOf(await get("format=csv&limit=1"))).toBe(400);
  });

  describe("that is larger than what lies between server and client", () => {
    beforeAll(async () => {
      const { companyId } = people;
      await fillCompany(context.db, companyId, 3000);
      const texts = context.db.sql.updateTable("finding_rules").set({ description: "x".repeat(10_000) });
      await transaction(context.db, (tx) => runQuery(tx, texts.where("company_id", "=", companyId)));
    });

    const expectCutOff = async (before: number) => {
      const rows = await ended(people.companyId);
      expect(rows).toHaveLength(before + 1);
      const last = rows.at(-1) as { findings: number; whole: boolean };
      expect(last.whole).toBe(false);
      expect(last.findings).toBeLessThan(3002);
    };

    test("ends with a client that goes away, and tells the audit log how many it took", async () => {
      const before = (await ended(people.companyId)).length;
      const going = new AbortController();
      const answer = await get("format=jsonl", { signal: going.signal });
      await answer.body?.getReader().read();
      expect(server.inFlight()).toBeGreaterThan(0);
      going.abort();
      await vi.waitFor(() => expectCutOff(before), { timeout: 20_000 });
      expect(server.inFlight()).toBe(0);
    });

    test("is written down as cut off before a server has ended that ends its connections", async () => {
      const before = (await ended(people.companyId)).length;
      const ending = await serveTest(context.db);
      const answer = await get("format=jsonl", { from: ending });
      const reader = answer.body?.getReader();
      await reader?.read();
      const closed = ending.close();
      ending.server.server.closeAllConnections();
      await closed;
      await expectCutOff(before);
    });

    test("is given to its end by a server that ends", async () => {
      const ending = await serveTest(context.db);
      const answer = await get("format=jsonl&severity=high", { from: ending });
      const [text] = await Promise.all([answer.text(), ending.close()]);
      const lines = text.trimEnd().split("\n");
      for (const line of lines) expect(JSON.parse(line)).toMatchObject({ severity: "high" });
      expect((await ended(people.companyId)).at(-1)).toMatchObject({ whole: true });
    });
  });

  test("is not made for whoever wants its head alone", async () => {
    const before = (await ended(people.companyId)).length;
    const head = await fetch(`${server.url}/api/findings/export?format=csv`, {
      method: "HEAD",
      headers: { authorization: `Bearer ${people.byRole.analyst.token}` },
    });
    expect(head.ok).toBe(false);
    expect(await ended(people.companyId)).toHaveLength(before);
  });
});
