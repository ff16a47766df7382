import { beforeAll, expect, test } from "vitest";
import { getAuditLogs } from "../../../src/audit/index.ts";
import { getAsset, listAssets, listFindings, tagAssets, tagFindings } from "../../../src/surface/index.ts";
import { createTestCompany } from "../../support/people/accounts.ts";
import { inCompany } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { makeAsset, makeFinding } from "../../support/surface/findings.ts";

const notFound = { code: "NOT_FOUND" };

describeOnEachEngine("Tagging assets", (context) => {
  let companyId = 0;
  let elsewhere = 0;
  beforeAll(async () => {
    companyId = (await createTestCompany(context.db)).id;
    elsewhere = (await createTestCompany(context.db)).id;
  });

  const asset = async (company = companyId) => (await makeAsset(context.db, { companyId: company })).id;

  test("puts tags on them and takes others off, by which lists find them and what is on them", async () => {
    const { db } = context;
    const ids = [await asset(), await asset()] as const;
    const { id: findingId } = await makeFinding(db, { companyId, assetId: ids[0] });
    const caller = inCompany(companyId);
    expect(await tagAssets(db, { ids: [...ids], add: [" Payments", "pci"] }, caller)).toEqual({
      changed: 2,
      unchanged: 0,
    });
    expect(await tagAssets(db, { ids: ids.slice(0, 1), add: ["PCI"], remove: ["none"] }, caller)).toEqual({
      changed: 0,
      unchanged: 1,
    });
    expect(await tagAssets(db, { ids: ids.slice(1), remove: ["Payments"] }, caller)).toEqual({
      changed: 1,
      unchanged: 0,
    });
    expect((await getAsset(db, { id: ids[0] })).tags).toEqual(["payments", "pci"]);
    expect((await listAssets(db, { companyId, tag: "payments" })).items.map(({ id }) => id)).toEqual([ids[0]]);
    expect((await listFindings(db, { companyId, tag: "payments" })).items.map(({ id }) => id)).toEqual([findingId]);
    const { items } = await getAuditLogs(db, { action: "assets_tagged" });
    expect(items.slice(0, 2).map(({ metadataJson }) => metadataJson)).toEqual([
      { add: [], remove: ["payments"], assets: [ids[1]] },
      { add: ["payments", "pci"], remove: [], assets: ids },
    ]);
  });

  test("leaves a tag that is on a finding, and the tags of findings of the same number", async () => {
    const { db } = context;
    const { id: company } = await createTestCompany(db);
    const { id: findingId, assetId } = await makeFinding(db, { companyId: company });
    await tagFindings(db, { ids: [findingId], add: ["shared"] });
    await tagAssets(db, { ids: [assetId], add: ["shared", "own"] });
    expect(await tagAssets(db, { ids: [assetId], remove: ["shared", "own"] })).toEqual({ changed: 1, unchanged: 0 });
    expect((await listFindings(db, { companyId: company, tag: "shared" })).items).toMatchObject([{ id: findingId }]);
    expect((await listAssets(db, { companyId: company, tag: "shared" })).items).toEqual([]);
  });

  test("attack: reaches no asset of another company, and none that is deleted", async () => {
    const { db } = context;
    const [own, theirs] = [await asset(), await asset(elsewhere)];
    const caller = inCompany(companyId);
    for (const ids of [[own, theirs], [theirs], [999_999_999]])
      await expect(tagAssets(db, { ids, add: ["mine"] }, caller)).rejects.toMatchObject(notFound);
    await expect(tagAssets(db, { ids: [own, theirs], add: ["mine"] })).rejects.toMatchObject({
      code: "INVALID_INPUT",
      field: "ids",
    });
    const { id: gone } = await makeAsset(db, { companyId, deletedAt: db.clock.now() });
    await expect(tagAssets(db, { ids: [own, gone], add: ["mine"] }, caller)).rejects.toMatchObject(notFound);
    expect((await getAsset(db, { id: own })).tags).toEqual([]);
  });

  test("an asset has 20 at most", async () => {
    const { db } = context;
    const ids = [await asset()];
    await tagAssets(db, { ids, add: Array.from({ length: 20 }, (_, index) => `tag ${index}`) });
    await expect(tagAssets(db, { ids, add: ["one more"] })).rejects.toMatchObject({
      code: "QUOTA_EXCEEDED",
      message: `Asset ${ids[0]} would have more than 20 tags.`,
    });
    await expect(tagAssets(db, { ids })).rejects.toMatchObject({ code: "INVALID_INPUT", field: "add" });
  });
});
