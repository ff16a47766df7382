import { beforeAll, expect, test } from "vitest";
import type { Caller } from "../../../src/access/caller.ts";
import { getAuditLogs } from "../../../src/audit/index.ts";
import { day } from "../../../src/database/durations.ts";
import type { Handle } from "../../../src/database/handle.ts";
import { transaction } from "../../../src/database/transaction.ts";
import { changeRow } from "../../../src/rows/change-row.ts";
import { insertMany } from "../../../src/rows/insert-many.ts";
import { findingEvidence, riskAcceptances } from "../../../src/schema/surface/findings.ts";
import {
  getFinding,
  getFindingEvidence,
  getFindingHistory,
  getFindingLocations,
  getFindingNotes,
  listFindings,
} from "../../../src/surface/findings/index.ts";
import { alterTestUser, createTestCompany, createTestUser } from "../../support/people/accounts.ts";
import { inCompany, onlyOwn } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { makeAcceptance, makeFinding } from "../../support/surface/findings.ts";
import { hostileStrings } from "../../support/hostile.ts";
import { fullScanOf, plansOf } from "../../support/plans.ts";
import { importLines } from "../support/reports.ts";
import { makeWholeFinding } from "../support/whole-finding.ts";

/** Everything that shows one finding, or a part of it. */
const reads = { getFinding, getFindingHistory, getFindingLocations, getFindingNotes, getFindingEvidence };

type Read = (db: Handle, input: { id: number }, caller?: Caller) => Promise<unknown>;

describeOnEachEngine("What is shown of one finding", (context) => {
  const text = "Anybody may <b>read</b> it";
  let companyId: number;
  let userId: number;
  let id: number;

  beforeAll(async () => {
    const { db } = context;
    companyId = (await createTestCompany(db)).id;
    userId = (await createTestUser(db, { company_id: companyId })).id;
    id = (await makeWholeFinding(db, companyId, { userId, text })).id;
    await makeWholeFinding(db, companyId, { userId, text: "Another one." });
    await makeWholeFinding(db, (await createTestCompany(db)).id, { userId, text: "Another company's." });
  });

  test("the finding comes with its rule, asset, CVEs, tags and notes", async () => {
    const found = await getFinding(context.db, { id }, inCompany(companyId));
    expect(found).toMatchObject({
      id,
      title: text,
      status: "open",
      asset: { id: found.assetId, kind: "host", status: "active", criticality: 2, tags: found.tags },
      rule: { id: found.ruleId, title: text, description: text, remediation: text, references: [text] },
      cves: ["CVE-2026-1111", "CVE-2026-2222"],
      acceptance: null,
    });
    expect(found.tags).toEqual([expect.any(String)]);
    expect(found.notes.map((note) => [note.body, note.userId])).toEqual([
      ["The newest.", null],
      [text, userId],
    ]);
  });

  test("an acceptance is shown while it holds, exact to the clock", async () => {
    const { db, clock } = context;
    const expiresAt = new Date(clock.now().getTime() + day);
    const { id: riskAcceptanceId } = await makeAcceptance(db, { companyId, expiresAt, reason: text });
    const accepted = await makeFinding(db, { companyId, status: "accepted", riskAcceptanceId });
    const shown = async () => (await getFinding(db, { id: accepted.id })).acceptance;
    expect(await shown()).toMatchObject({ id: riskAcceptanceId, reason: text, expiresAt });
    await transaction(db, (tx) => changeRow(tx, riskAcceptances, riskAcceptanceId, { endedAt: clock.now() }));
    expect(await shown()).toBeNull();
    await transaction(db, (tx) => changeRow(tx, riskAcceptances, riskAcceptanceId, { endedAt: null }));
    clock.set(new Date(expiresAt.getTime() - 1));
    expect(await shown()).not.toBeNull();
    clock.set(expiresAt);
    expect(await shown()).toBeNull();
  });

  test("an acceptance of a finding that is no longer accepted is not shown", async () => {
    const { db } = context;
    const { id: riskAcceptanceId } = await makeAcceptance(db, { companyId });
    const resolved = await makeFinding(db, { companyId, status: "resolved", riskAcceptanceId });
    expect(await getFinding(db, { id: resolved.id })).toMatchObject({ status: "resolved", acceptance: null });
  });

  test("the history tells newest first who or what did it, in pages", async () => {
    const { db } = context;
    const first = await getFindingHistory(db, { id, limit: 1 }, inCompany(companyId));
    expect(first.items).toMatchObject([{ kind: "confirmed", reason: "Again.", cause: "decision", userId }]);
    const second = await getFindingHistory(db, { id, limit: 1, cursor: first.nextCursor ?? "" });
    expect(second).toMatchObject({ items: [{ reason: text, importId: null }], nextCursor: null });
  });

  test("the history of imports names them, and has no row of the opening", async () => {
    const { db } = context;
    const { id: scanned } = await createTestCompany(db);
    await importLines(db, scanned, [{ rule: "a" }]);
    const { importId: closing } = await importLines(db, scanned, []);
    const { importId: opening } = await importLines(db, scanned, [{ rule: "a" }]);
    const [finding] = (await listFindings(db, { companyId: scanned })).items;
    const { items } = await getFindingHistory(db, { id: finding?.id ?? 0 });
    expect(items).toMatchObject([
      { kind: "reactivated", fromStatus: "resolved", toStatus: "open", cause: "import", importId: opening },
      { kind: "resolved", fromStatus: "open", toStatus: "resolved", cause: "import", importId: closing },
    ]);
  });

  test("the places are listed by series, in pages", async () => {
    const { db } = context;
    const first = await getFindingLocations(db, { id, limit: 1 }, inCompany(companyId));
    expect(first.items).toMatchObject([{ seriesId: 1, url: text, detail: { message: text }, present: true }]);
    const second = await getFindingLocations(db, { id, limit: 1, cursor: first.nextCursor ?? "" });
    expect(second).toMatchObject({ items: [{ seriesId: 2 }], nextCursor: null });
  });

  test("the notes are listed newest first, in pages, without those taken back", async () => {
    const { db } = context;
    const first = await getFindingNotes(db, { id, limit: 1 }, inCompany(companyId));
    expect(first.items).toMatchObject([{ body: "The newest.", userId: null }]);
    const second = await getFindingNotes(db, { id, limit: 1, cursor: first.nextCursor ?? "" });
    expect(second).toMatchObject({ items: [{ body: text, userId }], nextCursor: null });
  });

  test("the evidence is unpacked, and the audit log says who looked", async () => {
    const { db } = context;
    const { items } = await getFindingEvidence(db, { id }, inCompany(companyId, { userId }));
    expect(items).toMatchObject([{ kind: "request", text, bytes: Buffer.byteLength(text), masked: 2 }]);
    const { items: logged } = await getAuditLogs(db, { action: "finding_evidence_read", resourceId: id });
    expect(logged).toMatchObject([{ userId, companyId, resourceType: "findings", metadataJson: { pieces: 1 } }]);
  });

  test("evidence that is refused is not in the audit log", async () => {
    const { db } = context;
    const { id: elsewhere } = await createTestCompany(db);
    await expect(getFindingEvidence(db, { id }, inCompany(elsewhere))).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await getAuditLogs(db, { companyId: elsewhere })).items).toEqual([]);
  });

  test("a piece of evidence that is damaged is a failure without its content", async () => {
    const { db } = context;
    const { id: findingId } = await makeFinding(db, { companyId });
    const damaged = { companyId, findingId, importId: 1, kind: "output", content: "c2VjcmV0", bytes: 6 } as const;
    await transaction(db, (tx) => insertMany(tx, findingEvidence, [damaged]));
    await expect(getFindingEvidence(db, { id: findingId })).rejects.toMatchObject({
      code: "DATABASE_FAILED",
      message: "A piece of evidence is damaged.",
    });
  });

  test.each(Object.entries(reads))("attack: %s finds nothing of another company", async (_, read) => {
    const { db } = context;
    const { id: elsewhere } = await createTestCompany(db);
    await expect((read as Read)(db, { id }, inCompany(elsewhere))).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect((read as Read)(db, { id: 999_999 })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test.each(Object.entries(reads))(
    "%s is for who it is assigned to, while they are in the company",
    async (_, read) => {
      const { db } = context;
      const { id: colleague } = await createTestUser(db, { company_id: companyId });
      await expect((read as Read)(db, { id }, onlyOwn(colleague))).rejects.toMatchObject({ code: "NOT_FOUND" });
      await expect((read as Read)(db, { id }, onlyOwn(userId))).resolves.toBeDefined();
      await alterTestUser(db, userId, { company_id: (await createTestCompany(db)).id });
      await expect((read as Read)(db, { id }, onlyOwn(userId))).rejects.toMatchObject({ code: "NOT_FOUND" });
      await alterTestUser(db, userId, { company_id: companyId });
    },
  );

  test("attack: hostile texts are shown as they are", async () => {
    const { db } = context;
    const whole = [...hostileStrings, "\u202Eabc", "a".repeat(500)].join(" ").slice(0, 500);
    const { id: hostile } = await makeWholeFinding(db, companyId, { userId, text: whole });
    const { title, rule, notes } = await getFinding(db, { id: hostile });
    expect([title, rule.description, notes[1]?.body]).toEqual([whole, whole, whole]);
    expect((await getFindingHistory(db, { id: hostile })).items[1]?.reason).toBe(whole);
    expect((await getFindingLocations(db, { id: hostile })).items[0]).toMatchObject({ url: whole });
    expect((await getFindingEvidence(db, { id: hostile })).items[0]?.text).toBe(whole);
  });

  test.each([
    ["history", getFindingHistory, "finding_history_finding_id_id_index"],
    ["locations", getFindingLocations, "finding_locations_finding_id_series_id_locator_key_key"],
    ["notes", getFindingNotes, "finding_notes_finding_id_id_index"],
  ])("the %s are read from their index, without a sort and without a scan", async (_, read, index) => {
    const { nextCursor } = await read(context.db, { id, limit: 1 });
    for (const cursor of [undefined, nextCursor ?? undefined]) {
      const input = { id, limit: 1, cursor };
      const plans = await plansOf(context.db, (db) => read(db, input, inCompany(companyId)));
      expect(
        plans.some((plan) => plan.includes(index)),
        plans.join("\n\n"),
      ).toBe(true);
      for (const plan of plans) expect(plan).not.toMatch(/TEMP B-TREE|Sort|SCAN |Seq Scan/);
    }
  });

  test("the evidence is read from its index, without a sort and without a scan", async () => {
    const plans = await plansOf(context.db, (db) => getFindingEvidence(db, { id }, inCompany(companyId)));
    const pieces = plans.filter((plan) => plan.includes("finding_evidence_finding_id_id_index"));
    expect(pieces, plans.join("\n\n")).toHaveLength(1);
    expect(pieces[0]).not.toMatch(/TEMP B-TREE|Sort/);
    for (const plan of plans) expect(plan).not.toMatch(fullScanOf("finding"));
  });

  test("the finding is put together without a sort and without a scan", async () => {
    const plans = await plansOf(context.db, (db) => getFinding(db, { id }, inCompany(companyId)));
    expect(plans.length).toBeGreaterThan(5);
    for (const plan of plans) {
      expect(plan).not.toMatch(/TEMP B-TREE|Sort/);
      for (const table of ["findings", "finding_cves", "finding_notes", "surface_tags", "surface_tag_links"]) {
        expect(plan).not.toMatch(fullScanOf(table));
      }
    }
  });
});
