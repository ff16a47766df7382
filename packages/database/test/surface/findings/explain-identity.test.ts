import { beforeAll, expect, test } from "vitest";
import { transaction } from "../../../src/database/transaction.ts";
import { changeRow } from "../../../src/rows/change-row.ts";
import { insertRow } from "../../../src/rows/insert-row.ts";
import { findingLocations, findings } from "../../../src/schema/surface/findings.ts";
import { explainIdentity, listFindings } from "../../../src/surface/findings/index.ts";
import { createTestCompany, createTestUser, uniqueWord } from "../../support/people/accounts.ts";
import { inCompany, onlyOwn } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { makeAsset, makeFinding, makeRule } from "../../support/surface/findings.ts";
import { hostileStrings } from "../../support/hostile.ts";
import { plansOf } from "../../support/plans.ts";
import { importLines, type Line } from "../support/reports.ts";

/** A line with the name that the tool has for the finding. */
type NamedLine = Line & { readonly id?: string };

describeOnEachEngine("explainIdentity", (context) => {
  let companyId: number;

  beforeAll(async () => {
    companyId = (await createTestCompany(context.db)).id;
  });

  /** Imports reports of one finding, one after the other, and explains it. */
  async function explainAfter(...reports: NamedLine[]) {
    const { db, clock } = context;
    const { id } = await createTestCompany(db);
    const imports: number[] = [];
    for (const line of reports) {
      clock.advance({ minutes: 1 });
      imports.push((await importLines(db, id, [line])).importId);
    }
    const [finding, ...others] = (await listFindings(db, { companyId: id, open: true })).items;
    expect(others).toEqual([]);
    const explained = await explainIdentity(db, { id: finding?.id ?? 0 }, inCompany(id));
    return { ...explained, imports };
  }

  const plain = { rule: "xss" };
  const named = { ...plain, id: "the tool's 7" };

  test("names source, rule and asset, and says that they suffice", async () => {
    const { words, imports, ...explained } = await explainAfter(plain);
    expect(explained).toMatchObject({
      source: "nerve-lines",
      rule: { key: "xss", title: "xss" },
      asset: { kind: "service", name: "www.example.org:443" },
      context: null,
      ordinal: 0,
      hasToolKey: false,
      lastMatch: { importId: imports[0], format: "nerve", by: "new" },
    });
    expect(words).toEqual([
      "Source: nerve-lines. What another tool reports is another finding.",
      "Rule: xss (xss).",
      "Asset: service www.example.org:443.",
      "Rule and asset suffice: there is no context.",
      "The tool has no name of its own for it, or none that can be trusted.",
      "Severity, texts, lines, versions and dates are no part of this.",
      expect.stringMatching(/^Import \d+ of \d{4}-\S+Z was the last to see it, and made it\.$/),
    ]);
  });

  test("says what the context is made of, in the words of the format", async () => {
    const { context: parts, words } = await explainAfter({ ...plain, context: ["/login"] });
    expect(parts).toBe("what the report gives as context");
    expect(words).toContain("Context: what the report gives as context.");
  });

  test.each<[string, NamedLine, NamedLine, string]>([
    ["context, where the tool has no name for it", plain, plain, "context"],
    ["the tool's name, where nothing changed", named, named, "tool key"],
    ["context, where the tool has another name for it now", named, { ...named, id: "another" }, "context"],
    ["context, where the tool has a name for it only now", plain, named, "context"],
    ["the tool's name, where the context changed", named, { ...named, context: ["/moved"] }, "tool key"],
  ])("tells that the last import knew it by %s", async (_, before, after, by) => {
    const { lastMatch, imports } = await explainAfter(before, after);
    expect(lastMatch).toMatchObject({ importId: imports[1], by });
    expect((await explainAfter(before, after, after)).lastMatch?.by).toBe(after === plain ? "context" : "tool key");
  });

  test("tells the same after a person changed the finding", async () => {
    const { db, clock } = context;
    const { findingId, lastMatch } = await explainAfter(named, { ...named, id: "another" });
    clock.advance({ hours: 1 });
    await transaction(db, (tx) => changeRow(tx, findings, findingId, { statusReason: "Looked at." }));
    expect((await explainIdentity(db, { id: findingId })).lastMatch).toEqual(lastMatch);
  });

  test("tells by which place it is known among equals, and that no import saw it", async () => {
    const { db } = context;
    const now = db.clock.now();
    const { id: assetId } = await makeAsset(db, { companyId });
    const { id: ruleId } = await makeRule(db, { companyId });
    const given = { companyId, assetId, ruleId, contextKey: "same" };
    const { id: unseen } = await makeFinding(db, given);
    const { id } = await makeFinding(db, { ...given, ordinal: 1, firstImportId: 9_000_001 });
    // Of no import that there is.
    const seen = { firstImportId: 9_000_001, lastImportId: 9_000_002, firstSeenAt: now, lastSeenAt: now, seriesId: 1 };
    const place = { kind: "code" as const, locatorKey: uniqueWord().slice(0, 24), contentHash: "hash" };
    await transaction(db, (tx) => insertRow(tx, findingLocations, { companyId, findingId: id, ...seen, ...place }));
    const { lastMatch, words } = await explainIdentity(db, { id });
    expect(lastMatch).toMatchObject({ importId: 9_000_002, format: null, by: "position" });
    expect(words).toContain("It is number 1 of those that are alike in all this, told apart by position.");
    expect(words).toContain("Context: what the report gives beside rule and asset.");
    const never = await explainIdentity(db, { id: unseen });
    expect([never.lastMatch, never.words.at(-1)]).toEqual([null, "No import has seen it."]);
  });

  test("attack: is told to nobody whom the finding is out of reach of", async () => {
    const { db } = context;
    const { id: colleague } = await createTestUser(db, { company_id: companyId });
    const { id } = await makeFinding(db, { companyId });
    for (const caller of [inCompany((await createTestCompany(db)).id), onlyOwn(colleague)]) {
      await expect(explainIdentity(db, { id }, caller)).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
  });

  test("attack: says hostile texts as they are", async () => {
    const { db } = context;
    const title = hostileStrings.join(" ").slice(0, 500);
    const { id: ruleId } = await makeRule(db, { companyId, key: "hostile", title });
    const { id } = await makeFinding(db, { companyId, ruleId });
    expect((await explainIdentity(db, { id })).words).toContain(`Rule: hostile (${title}).`);
  });

  test("reads nothing whole", async () => {
    const { findingId } = await explainAfter(named, { ...named, id: "another" });
    const plans = await plansOf(context.db, (db) => explainIdentity(db, { id: findingId }));
    expect(plans.length).toBeGreaterThan(5);
    for (const plan of plans) expect(plan).not.toMatch(/SCAN (?!places|changes)|Seq Scan/);
  });
});
