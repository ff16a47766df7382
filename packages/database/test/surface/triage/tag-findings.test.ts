import { beforeAll, expect, test } from "vitest";
import { fetchAll } from "../../../src/database/statement.ts";
import { transaction } from "../../../src/database/transaction.ts";
import { insertMany } from "../../../src/rows/insert-many.ts";
import { insertRow } from "../../../src/rows/insert-row.ts";
import { surfaceTagLinks, surfaceTags } from "../../../src/schema/surface/triage.ts";
import { listFindings, tagFindings } from "../../../src/surface/index.ts";
import { createTestCompany } from "../../support/people/accounts.ts";
import { inCompany } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { makeAsset, makeFinding } from "../../support/surface/findings.ts";

const invalid = (field: string) => ({ code: "INVALID_INPUT", field });
const exceeded = { code: "QUOTA_EXCEEDED" };
const twenty = Array.from({ length: 20 }, (_, index) => `tag ${index}`);

describeOnEachEngine("Tagging findings", (context) => {
  let companyId = 0;
  let elsewhere = 0;
  beforeAll(async () => {
    companyId = (await createTestCompany(context.db)).id;
    elsewhere = (await createTestCompany(context.db)).id;
  });

  const finding = async (company = companyId) => (await makeFinding(context.db, { companyId: company })).id;

  async function tagsOf(findingId: number): Promise<string[]> {
    const query = context.db.sql
      .selectFrom("surface_tag_links")
      .innerJoin("surface_tags", "surface_tags.id", "surface_tag_links.tag_id")
      .select("surface_tags.name")
      .where("surface_tag_links.finding_id", "=", findingId)
      .orderBy("surface_tags.name");
    return (await fetchAll(context.db, query)).map(({ name }) => name);
  }

  async function tagsIn(company: number): Promise<string[]> {
    const query = context.db.sql.selectFrom("surface_tags").select("name").where("company_id", "=", company);
    return (await fetchAll(context.db, query.orderBy("name"))).map(({ name }) => name);
  }

  test("names are one whatever their case and blanks, and lists find them so", async () => {
    const { db } = context;
    const ids = [await finding(), await finding()];
    const caller = inCompany(companyId);
    expect(await tagFindings(db, { ids, add: [" Payments", "payments", "PCI"] }, caller)).toEqual({
      changed: 2,
      unchanged: 0,
    });
    expect(await tagFindings(db, { ids, add: ["PAYMENTS"] }, caller)).toEqual({ changed: 0, unchanged: 2 });
    expect(await tagsOf(ids[0] as number)).toEqual(["payments", "pci"]);
    const { items } = await listFindings(db, { companyId, tag: "Payments " });
    expect(new Set(items.map(({ id }) => id))).toEqual(new Set(ids));
  });

  test("a tag that is on nothing any more is gone, one that is on an asset is not", async () => {
    const { db } = context;
    const { id: company } = await createTestCompany(db);
    const [one, other] = [await finding(company), await finding(company)];
    await tagFindings(db, { ids: [one, other], add: ["a", "b", "c"] });
    const { id: assetId } = await makeAsset(db, { companyId: company });
    const [{ id: tagId } = { id: 0 }] = await fetchAll(
      db,
      db.sql.selectFrom("surface_tags").select("id").where("company_id", "=", company).where("name", "=", "c"),
    );
    await transaction(db, (tx) => insertRow(tx, surfaceTagLinks, { companyId: company, tagId, assetId }));
    const answer = await tagFindings(db, { ids: [one, other], add: ["d"], remove: ["A", "c", "never"] });
    expect(answer).toEqual({ changed: 2, unchanged: 0 });
    expect(await tagsIn(company)).toEqual(["b", "c", "d"]);
    expect(await tagFindings(db, { ids: [one], remove: ["b"] })).toEqual({ changed: 1, unchanged: 0 });
    expect(await tagFindings(db, { ids: [one], remove: ["b"] })).toEqual({ changed: 0, unchanged: 1 });
    expect(await tagsOf(other)).toEqual(["b", "d"]);
  });

  test("attack: another company's findings and tags are out of reach", async () => {
    const { db } = context;
    const [own, theirs] = [await finding(), await finding(elsewhere)];
    await tagFindings(db, { ids: [theirs], add: ["shared"] });
    const caller = inCompany(companyId);
    const notFound = { code: "NOT_FOUND" };
    await expect(tagFindings(db, { ids: [own, theirs], add: ["shared"] }, caller)).rejects.toMatchObject(notFound);
    await expect(tagFindings(db, { ids: [theirs], remove: ["shared"] }, caller)).rejects.toMatchObject(notFound);
    await tagFindings(db, { ids: [own], add: ["shared"] }, caller);
    await tagFindings(db, { ids: [own], remove: ["shared"] }, caller);
    expect(await tagsOf(theirs)).toEqual(["shared"]);
    expect(await tagsIn(elsewhere)).toEqual(["shared"]);
  });

  test("says what it does not understand", async () => {
    const { db } = context;
    const ids = [await finding()];
    await expect(tagFindings(db, { ids })).rejects.toMatchObject(invalid("add"));
    await expect(tagFindings(db, { ids, add: ["A"], remove: ["a"] })).rejects.toMatchObject(invalid("remove"));
    await expect(tagFindings(db, { ids, add: ["x".repeat(51)] })).rejects.toMatchObject(invalid("add.0"));
    // In lower case, it has two characters each.
    await expect(tagFindings(db, { ids, add: ["İ".repeat(26)] })).rejects.toMatchObject(invalid("add.0"));
    await expect(tagFindings(db, { ids, add: ["x".repeat(50), "İ".repeat(25)] })).resolves.toMatchObject({
      changed: 1,
    });
  });

  test("a finding has 20 at most, and exchanges them", async () => {
    const { db } = context;
    const ids = [await finding(), await finding()];
    await tagFindings(db, { ids, add: twenty });
    const more = [...ids, await finding()];
    await expect(tagFindings(db, { ids: more, add: ["one more"] })).rejects.toMatchObject(exceeded);
    expect(await tagsOf(more[2] as number)).toEqual([]);
    await tagFindings(db, { ids, add: ["one more"], remove: ["tag 0"] });
    expect(await tagsOf(ids[0] as number)).toHaveLength(20);
  });

  test("a company has 1,000 at most", async () => {
    const { db } = context;
    const { id: company } = await createTestCompany(db);
    const id = await finding(company);
    const names = Array.from({ length: 999 }, (_, index) => ({ companyId: company, name: `filled ${index}` }));
    await transaction(db, (tx) => insertMany(tx, surfaceTags, names));
    await tagFindings(db, { ids: [id], add: ["the last"] });
    await expect(tagFindings(db, { ids: [id], add: ["one more"] })).rejects.toMatchObject(exceeded);
    expect(await tagsIn(company)).toHaveLength(1000);
    await tagFindings(db, { ids: [id], add: ["filled 7"] });
    expect(await tagsOf(id)).toEqual(["filled 7", "the last"]);
  });

  test("several at once make each tag once, and each of them is heard", async () => {
    const { db } = context;
    const { id: company } = await createTestCompany(db);
    const ids = [await finding(company), await finding(company)];
    const callers = Array.from({ length: 6 }, (_, index) => index);
    await Promise.all(callers.map((index) => tagFindings(db, { ids, add: ["shared", `of ${index}`] })));
    expect(await tagsIn(company)).toEqual([...callers.map((index) => `of ${index}`), "shared"]);
    await Promise.all(callers.map((index) => tagFindings(db, { ids, remove: ["shared", `of ${index}`] })));
    expect(await tagsIn(company)).toEqual([]);
  });
});
