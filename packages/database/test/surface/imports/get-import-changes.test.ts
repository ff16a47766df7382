import { expect, test } from "vitest";
import type { Database } from "../../../src/database/handle.ts";
import { confirmClosures, getImportChanges, type ImportChange, undoImport } from "../../../src/surface/index.ts";
import { createTestUser } from "../../support/people/accounts.ts";
import { inCompany, onlyOwn } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { hostileStrings } from "../../support/hostile.ts";
import { fullScanOf, plansOf } from "../../support/plans.ts";
import { importLines, makeCompany } from "../support/reports.ts";

async function changesOf(db: Database, id: number, limit = 100): Promise<ImportChange[]> {
  const found: ImportChange[] = [];
  let cursor: string | undefined;
  do {
    const page = await getImportChanges(db, { id, limit, cursor });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    found.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return found;
}

const told = (changes: readonly ImportChange[]) =>
  changes.map(({ title, kind, from, to }) => [
    title,
    kind,
    from === null ? null : `${from.status} ${from.severity}`,
    `${to.status} ${to.severity}`,
  ]);

describeOnEachEngine("Changes by an import", (context) => {
  test("are what it opened, closed and rated anew, before and after", async () => {
    const { db, clock } = context;
    const companyId = await makeCompany(db);
    const first = await importLines(db, companyId, [
      { rule: "goes" },
      { rule: "worsens", severity: "low" },
      { rule: "quiet", state: "suppressed" },
    ]);
    clock.advance({ seconds: 1 });
    const second = await importLines(db, companyId, [{ rule: "worsens", severity: "high" }, { rule: "new" }]);
    const opened = await changesOf(db, first.importId);
    expect(told(opened)).toEqual([
      ["goes", "opened", null, "open medium"],
      ["worsens", "opened", null, "open low"],
      ["quiet", "suppressed", null, "suppressed medium"],
    ]);
    expect(opened[0]).toMatchObject({ cause: "import", assetName: "www.example.org:443", source: "nerve-lines" });
    expect(opened[0]?.at.getTime()).toBe(clock.now().getTime() - 1000);
    const changed = await changesOf(db, second.importId);
    expect(told(changed)).toEqual([
      ["new", "opened", null, "open medium"],
      ["worsens", "rescored", "open low", "open high"],
      ["goes", "resolved", "open medium", "resolved medium"],
      ["quiet", "resolved", "suppressed medium", "resolved medium"],
    ]);
    expect(await changesOf(db, second.importId, 1)).toEqual(changed);
    expect(await changesOf(db, second.importId, 3)).toEqual(changed);
  });

  test("are told when it is taken back, and what it opened is gone", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    await importLines(db, companyId, [{ rule: "goes" }]);
    const { importId } = await importLines(db, companyId, [{ rule: "new" }]);
    await undoImport(db, { id: importId });
    const changes = await changesOf(db, importId, 1);
    expect(told(changes)).toEqual([
      ["goes", "resolved", "open medium", "resolved medium"],
      ["goes", "restored", "resolved medium", "open medium"],
    ]);
    expect(changes.map(({ cause }) => cause)).toEqual(["import", "undo"]);
  });

  test("hold what somebody confirmed later, and nothing of imports at the same time", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const many = Array.from({ length: 20 }, (_, at) => ({ rule: `rule-${at}` }));
    const { importId: whole } = await importLines(db, companyId, many);
    await importLines(db, await makeCompany(db), [{ rule: "elsewhere" }]);
    const { importId, held } = await importLines(db, companyId, []);
    expect([held, await changesOf(db, importId)]).toEqual([20, []]);
    await confirmClosures(db, { id: importId });
    expect((await changesOf(db, importId, 7)).map(({ kind }) => kind)).toEqual(many.map(() => "resolved"));
    expect(await changesOf(db, whole)).toHaveLength(20);
  });

  test("attack: are those within reach, and the text in them is text", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const lines = hostileStrings.map((rule) => ({ rule }));
    const { importId } = await importLines(db, companyId, lines);
    const titles = (await changesOf(db, importId)).map(({ title }) => title);
    expect(titles.toSorted()).toEqual(hostileStrings.toSorted());
    const { id: userId } = await createTestUser(db, { company_id: companyId });
    for (const caller of [inCompany(await makeCompany(db)), onlyOwn(userId)]) {
      await expect(getImportChanges(db, { id: importId }, caller)).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
    const wrong = getImportChanges(db, { id: importId, cursor: "bm8" });
    await expect(wrong).rejects.toMatchObject({ issues: [{ field: "cursor" }] });
  });

  test("are read by ids and from an index, without a sort and without a scan", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    await importLines(db, companyId, [{ rule: "goes" }]);
    const { importId } = await importLines(db, companyId, [{ rule: "new" }]);
    const plans = await plansOf(db, (handle) => getImportChanges(handle, { id: importId }));
    const ofFindings = plans.filter((plan) => plan.includes("findings"));
    expect(ofFindings.length).toBeGreaterThan(1);
    for (const plan of ofFindings) {
      expect(plan).not.toMatch(/TEMP B-TREE|Sort/);
      for (const table of ["findings", "finding_history", "assets"]) expect(plan).not.toMatch(fullScanOf(table));
    }
    expect(plans.join("\n")).toContain("finding_history_change_set_id_id_index");
  });
});
