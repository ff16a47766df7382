import { expect, test } from "vitest";
import { statement } from "../../src/database/statement.ts";
import { ValidationError } from "../../src/errors/index.ts";
import { batchInsert } from "../../src/records/index.ts";
import {
  cleanupExpiredAiScans,
  getCompaniesWithScans,
  loadLightboxForAi,
  loadXasmForAi,
  saveLightboxForAi,
  saveXasmForAi,
} from "../../src/scans/index.ts";
import { describeOnEachEngine } from "../support/engines.ts";
import { fullScanOf, plansOf } from "../support/plans.ts";
import { createTestCompany, createTestUser } from "../support/people/accounts.ts";

const bothKinds = [
  { kind: "XASM", save: saveXasmForAi, load: loadXasmForAi },
  { kind: "Lightbox", save: saveLightboxForAi, load: loadLightboxForAi },
] as const;

for (const { kind, save, load } of bothKinds) {
  describeOnEachEngine(`The 48-hour store of ${kind} results`, (context) => {
    test("gives back what was saved, until it expires", async () => {
      const results = { list: [0, "", null], nested: { "": {} } };
      const saved = await save(context.db, { company: "Example Ltd", results });
      expect(saved.expiresAt.getTime() - saved.scanDate.getTime()).toBe(48 * 3_600_000);
      expect(await load(context.db, { company: "Example Ltd" })).toEqual({
        company: "Example Ltd",
        results,
        scanDate: context.clock.now(),
        expiresAt: saved.expiresAt,
      });
      context.clock.advance({ hours: 48, milliseconds: -1 });
      expect(await load(context.db, { company: "Example Ltd" })).not.toBeNull();
      context.clock.advance({ milliseconds: 1 });
      expect(await load(context.db, { company: "Example Ltd" })).toBeNull();
      await save(context.db, { company: "Example Ltd", results: 7 });
      expect(await load(context.db, { company: "Example Ltd" })).toMatchObject({ results: 7 });
    });

    test("gives back the newest of several, and counts the hours anew", async () => {
      await save(context.db, { company: "newest", results: ["first"] });
      context.clock.advance({ hours: 40 });
      await save(context.db, { company: "newest", results: ["second"] });
      context.clock.advance({ hours: 40 });
      expect(await load(context.db, { company: "newest" })).toMatchObject({ results: ["second"] });
    });

    test("attack: keeps 500 of a company: nobody fills the disk under ever new names", async () => {
      const { id: companyId } = await createTestCompany(context.db);
      const { id: userId } = await createTestUser(context.db, { company_id: companyId });
      const expiresAt = new Date(context.clock.now().getTime() + 3_600_000);
      const table = kind === "XASM" ? "scan_results_xasm" : "scan_results_lightbox";
      const kept = (company: string) => ({ company, companyId, resultsJson: {}, expiresAt });
      await batchInsert(
        context.db,
        table,
        Array.from({ length: 500 }, (_, index) => kept(`n${index}`)),
      );
      const another = save(context.db, { company: "one more", results: {}, userId });
      await expect(another).rejects.toMatchObject({ code: "QUOTA_EXCEEDED" });
      expect(await load(context.db, { company: "one more", userId })).toBeNull();
      await save(context.db, { company: "n7", results: 7, userId });
      await save(context.db, { company: "one more", results: {} });
    });

    test("keeps one of many that are saved at once", async () => {
      await Promise.all(
        Array.from({ length: 20 }, (_, index) => save(context.db, { company: "raced", results: { index } })),
      );
      expect(await load(context.db, { company: "raced" })).toMatchObject({ company: "raced" });
    });

    test("is shared by the users of a company, and by staff", async () => {
      const companyId = (await createTestCompany(context.db)).id;
      const first = (await createTestUser(context.db, { company_id: companyId })).id;
      const second = (await createTestUser(context.db, { company_id: companyId })).id;
      await save(context.db, { company: "shared", results: 1, userId: first });
      await save(context.db, { company: "shared", results: 2, userId: second });
      expect(await load(context.db, { company: "shared", companyId })).toMatchObject({ results: 2 });
      expect(await load(context.db, { company: "shared", userId: second })).toMatchObject({ results: 2 });
      expect(await load(context.db, { company: "shared", userId: first })).toBeNull();
      await save(context.db, { company: "staff", results: 1, userId: (await createTestUser(context.db)).id });
      await save(context.db, { company: "staff", results: 2 });
      expect(await load(context.db, { company: "staff" })).toMatchObject({ results: 2 });
    });

    test("attack: a tenant neither overwrites nor reads the results of another, nor learns of them", async () => {
      const companyId = (await createTestCompany(context.db)).id;
      const rivalId = (await createTestCompany(context.db)).id;
      const victim = (await createTestUser(context.db, { company_id: companyId })).id;
      const rival = (await createTestUser(context.db, { company_id: rivalId })).id;
      await save(context.db, { company: "contested", results: "victim's", userId: victim });
      expect(await load(context.db, { company: "contested", companyId: rivalId })).toBeNull();
      await save(context.db, { company: "contested", results: "rival's", userId: rival });
      for (const [tenant, results] of [
        [companyId, "victim's"],
        [rivalId, "rival's"],
      ] as const) {
        expect(await load(context.db, { company: "contested", companyId: tenant })).toMatchObject({ results });
      }
    });

    test("attack: SQL in a company's name finds nothing else", async () => {
      const injection = "' OR '1'='1";
      expect(await load(context.db, { company: injection })).toBeNull();
      await save(context.db, { company: injection, results: { [injection]: injection } });
      expect(await load(context.db, { company: injection })).toMatchObject({ company: injection });
    });

    test("refuses an empty name, user 0, results that are no JSON and fields that it does not know", async () => {
      await expect(save(context.db, { company: "", results: 1 })).rejects.toMatchObject({ field: "company" });
      await expect(save(context.db, { company: "a", results: 1, userId: 0 })).rejects.toMatchObject({
        field: "userId",
      });
      const noJson = { company: "a", results: undefined as never };
      await expect(save(context.db, noJson)).rejects.toMatchObject({ field: "results" });
      const unknown = { company: "a", results: 1, expiresAt: new Date() };
      await expect(save(context.db, unknown)).rejects.toMatchObject({ field: "expiresAt" });
      await expect(load(context.db, { company: "a", companyId: 0 })).rejects.toBeInstanceOf(ValidationError);
    });
  });
}

describeOnEachEngine("getCompaniesWithScans", (context) => {
  test("lists each company once with the dates of its results, and no expired ones", async () => {
    await saveXasmForAi(context.db, { company: "expired", results: 1 });
    context.clock.advance({ hours: 47 });
    await saveXasmForAi(context.db, { company: "both", results: 1 });
    await saveLightboxForAi(context.db, { company: "lightbox only", results: 1 });
    const earlier = context.clock.now();
    context.clock.advance({ hours: 1 });
    await saveLightboxForAi(context.db, { company: "both", results: 1 });
    expect(await getCompaniesWithScans(context.db)).toEqual({
      items: [
        {
          company: "both",
          hasXasm: true,
          hasLightbox: true,
          xasmDate: earlier,
          lightboxDate: context.clock.now(),
        },
        { company: "lightbox only", hasXasm: false, hasLightbox: true, xasmDate: null, lightboxDate: earlier },
      ],
      nextCursor: null,
    });
  });

  test("lists imported results that have no date, and reads none of the results", async () => {
    await saveXasmForAi(context.db, { company: "dateless", results: "not what a scan yields" });
    await statement((sql) =>
      sql.updateTable("scan_results_xasm").set({ scan_date: null }).where("company", "=", "dateless"),
    ).run(context.db, {});
    const { items } = await getCompaniesWithScans(context.db);
    expect(items).toContainEqual({
      company: "dateless",
      hasXasm: true,
      hasLightbox: false,
      xasmDate: null,
      lightboxDate: null,
    });
  });

  test("goes on page by page, each company once", async () => {
    const companyId = (await createTestCompany(context.db)).id;
    const userId = (await createTestUser(context.db, { company_id: companyId })).id;
    for (const name of ["e", "a", "D", "b", "c"]) {
      await saveXasmForAi(context.db, { company: `page ${name}`, results: 1, userId });
      if (name !== "a") await saveLightboxForAi(context.db, { company: `page ${name}`, results: 1, userId });
    }
    const whole = await getCompaniesWithScans(context.db, { companyId });
    expect(whole.items).toHaveLength(5);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await getCompaniesWithScans(context.db, { companyId, limit: 2, ...(cursor && { cursor }) });
      seen.push(...page.items.map(({ company }) => company));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(whole.items.map(({ company }) => company));
  });

  test("attack: a tenant sees the companies of its own users only", async () => {
    const companyId = (await createTestCompany(context.db)).id;
    const insider = (await createTestUser(context.db, { company_id: companyId })).id;
    await saveXasmForAi(context.db, { company: "ours", results: 1, userId: insider });
    await saveXasmForAi(context.db, { company: "theirs", results: 1 });
    const { items } = await getCompaniesWithScans(context.db, { companyId });
    expect(items.map(({ company }) => company)).toEqual(["ours"]);
  });
});

describeOnEachEngine("cleanupExpiredAiScans", (context) => {
  test("removes what has expired, and nothing else, by an index", async () => {
    await saveXasmForAi(context.db, { company: "old", results: 1 });
    await saveLightboxForAi(context.db, { company: "old", results: 1 });
    context.clock.advance({ hours: 48 });
    await saveXasmForAi(context.db, { company: "new", results: 1 });
    const plans = await plansOf(context.db, (db) => cleanupExpiredAiScans(db));
    expect(plans).toHaveLength(2);
    for (const plan of plans) expect(plan).not.toMatch(fullScanOf("scan_results_(?:xasm|lightbox)"));
    expect(await loadXasmForAi(context.db, { company: "new" })).not.toBeNull();
    expect(await cleanupExpiredAiScans(context.db)).toEqual({ xasm: 0, lightbox: 0 });
    context.clock.advance({ hours: 48 });
    expect(await cleanupExpiredAiScans(context.db)).toEqual({ xasm: 1, lightbox: 0 });
  });
});
