import { expect, test } from "vitest";
import type { Database } from "../../../src/database/handle.ts";
import { fetchAll } from "../../../src/database/statement.ts";
import { transaction } from "../../../src/database/transaction.ts";
import { changeUserRole, deleteUser, moveUserToCompany } from "../../../src/identity/index.ts";
import { changeRow } from "../../../src/rows/change-row.ts";
import { findings } from "../../../src/schema/surface/findings.ts";
import {
  decideFindings,
  expireRiskAcceptances,
  listAssets,
  listFindings,
  listRiskAcceptances,
  revokeRiskAcceptance,
  updateAsset,
} from "../../../src/surface/index.ts";
import { recordChanges } from "../../../src/surface/changes/record-changes.ts";
import { createTestCompany, createTestUser } from "../../support/people/accounts.ts";
import { inCompany } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { expectTrueCounts } from "../../support/surface/finding-counts.ts";
import { makeAsset, makeFinding } from "../../support/surface/findings.ts";
import { importLines, makeCompany } from "../support/reports.ts";

const reason = "It is a lure; nobody works on it.";

async function historyOf(db: Database, companyId: number) {
  const query = db.sql
    .selectFrom("finding_history")
    .select(["finding_id", "kind", "reason", "changes"])
    .where("company_id", "=", companyId)
    .orderBy("id");
  return fetchAll(db, query);
}

async function statesOf(db: Database, companyId: number): Promise<Record<string, string>> {
  const { items } = await listFindings(db, { companyId });
  return Object.fromEntries(items.map(({ title, status }) => [title, status]));
}

/** Puts a finding out of scope as a decision on itself does. */
async function decideOutOfScope(db: Database, companyId: number, title: string): Promise<void> {
  const finding = (await listFindings(db, { companyId })).items.find((one) => one.title === title);
  const { id, assetId, ruleId, source, severity } = finding as NonNullable<typeof finding>;
  const at = db.clock.now();
  await transaction(db, async (tx) => {
    await changeRow(tx, findings, id, { status: "out_of_scope", isOpen: false, dueAt: null });
    const [from, to] = (["open", "out_of_scope"] as const).map((status) => ({ status, severity, exploited: false }));
    const change = { findingId: id, assetId, ruleId, source, kind: "out-of-scope", from, to, reason: "Not ours." };
    const why = { companyId, cause: "decision", importId: null, actor: { userId: null }, at } as const;
    await recordChanges(tx, why, [change as Parameters<typeof recordChanges>[2][number]]);
  });
}

async function assetOf(db: Database, companyId: number, kind: "host" | "service") {
  const [asset] = (await listAssets(db, { companyId, kind })).items;
  return asset as NonNullable<typeof asset>;
}

describeOnEachEngine("updateAsset", (context) => {
  test("computes risk anew with how much the asset matters, and tells no history", async () => {
    const { db } = context;
    const { id: companyId } = await createTestCompany(db);
    const { id } = await makeAsset(db, { companyId });
    const common = { companyId, assetId: id };
    const risks = [
      await makeFinding(db, { ...common, severity: "high", knownExploited: true, epss: 0.5 }),
      await makeFinding(db, { ...common, severity: "info", status: "resolved" }),
    ].map(({ risk }) => risk);
    const riskNow = async () => (await listFindings(db, { companyId })).items.map(({ risk }) => risk);
    expect(await updateAsset(db, { id, criticality: 4 })).toMatchObject({ criticality: 4, worstSeverity: "high" });
    expect(await riskNow()).toEqual(risks.map((risk) => risk + 50));
    await updateAsset(db, { id, criticality: 0 });
    expect(await riskNow()).toEqual([(risks[0] as number) - 50, 0]);
    await updateAsset(db, { id, criticality: 2 });
    expect(await riskNow()).toEqual(risks);
    expect(await historyOf(db, companyId)).toEqual([]);
    await expectTrueCounts(db, companyId);
  });

  test("puts what is open on an ignored host and its services out of scope, and back", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const lines = [{ rule: "open" }, { rule: "decided" }, { rule: "gone" }];
    await importLines(db, companyId, lines);
    await decideOutOfScope(db, companyId, "decided");
    await importLines(db, companyId, lines.slice(0, 2));
    const host = await assetOf(db, companyId, "host");
    await expect(updateAsset(db, { id: host.id, status: "ignored" })).rejects.toMatchObject({
      issues: [{ field: "reason" }],
    });
    expect(await updateAsset(db, { id: host.id, status: "ignored", reason })).toMatchObject({ status: "ignored" });
    expect(await assetOf(db, companyId, "service")).toMatchObject({ status: "ignored", openFindings: 0 });
    expect(await statesOf(db, companyId)).toEqual({ open: "out_of_scope", decided: "out_of_scope", gone: "resolved" });
    const last = (await historyOf(db, companyId)).at(-1);
    const changes = { assetStatus: { old: "active", new: "ignored" } };
    expect(last).toMatchObject({ kind: "out-of-scope", reason, changes });
    await expectTrueCounts(db, companyId);

    const more = [...lines, { rule: "new" }, { rule: "elsewhere", asset: "https://www.example.org:8443" }];
    await importLines(db, companyId, more);
    expect(Object.values(await statesOf(db, companyId))).toEqual(more.map(() => "out_of_scope"));
    await expectTrueCounts(db, companyId);

    expect(await updateAsset(db, { id: host.id, status: "active" })).toMatchObject({ status: "active" });
    const { decided, ...others } = await statesOf(db, companyId);
    expect(decided).toBe("out_of_scope");
    expect(others).toEqual({ open: "open", gone: "open", new: "open", elsewhere: "open" });
    expect((await listAssets(db, { companyId, status: "ignored" })).items).toEqual([]);
    expect((await listFindings(db, { companyId, open: true })).items[0]?.dueAt).not.toBeNull();
    await expectTrueCounts(db, companyId);
  });

  test("lets nothing be open on an ignored asset because its acceptance ends, and back with the asset", async () => {
    const { db, clock } = context;
    const companyId = await makeCompany(db);
    await importLines(db, companyId, [{ rule: "expires" }, { rule: "is revoked" }]);
    const { items } = await listFindings(db, { companyId });
    for (const { id, title } of items) {
      const until = new Date(clock.now().getTime() + (title === "expires" ? 1 : 30) * 86_400_000);
      await decideFindings(db, { ids: [id], action: "accept-risk", reason, until });
    }
    const host = await assetOf(db, companyId, "host");
    await updateAsset(db, { id: host.id, status: "ignored", reason });
    expect(await statesOf(db, companyId)).toEqual({ expires: "accepted", "is revoked": "accepted" });
    clock.advance({ days: 2 });
    expect(await expireRiskAcceptances(db)).toEqual({ expired: 1, opened: 0 });
    const [live] = (await listRiskAcceptances(db, { companyId })).items;
    expect(await revokeRiskAcceptance(db, { id: live?.id ?? 0 })).toMatchObject({ opened: 0 });
    expect(await statesOf(db, companyId)).toEqual({ expires: "out_of_scope", "is revoked": "out_of_scope" });
    expect((await historyOf(db, companyId)).slice(-2)).toMatchObject([
      { kind: "acceptance-ended" },
      { kind: "acceptance-ended" },
    ]);
    await expectTrueCounts(db, companyId);
    await updateAsset(db, { id: host.id, status: "active" });
    expect(await statesOf(db, companyId)).toEqual({ expires: "open", "is revoked": "open" });
    await expectTrueCounts(db, companyId);
  });

  test("names who answers for an asset: somebody who reaches its findings", async () => {
    const { db } = context;
    const { id: companyId } = await createTestCompany(db);
    const { id } = await makeAsset(db, { companyId });
    const { id: ownerUserId } = await createTestUser(db, { company_id: companyId });
    expect(await updateAsset(db, { id, ownerUserId })).toMatchObject({ ownerUserId });
    const { id: stranger } = await createTestUser(db, { company_id: (await createTestCompany(db)).id });
    await expect(updateAsset(db, { id, ownerUserId: stranger })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await updateAsset(db, { id, ownerUserId: null })).toMatchObject({ ownerUserId: null });
  });

  test("is answered for by nobody who has left the company or is deleted", async () => {
    const { db } = context;
    const { id: companyId } = await createTestCompany(db);
    const { id: elsewhere } = await createTestCompany(db);
    const mover = await createTestUser(db, { company_id: companyId });
    const leaver = await createTestUser(db, { company_id: companyId });
    const stayer = await createTestUser(db, { company_id: companyId });
    const ids = new Map<number, number>();
    for (const { id: ownerUserId } of [mover, leaver, stayer]) {
      const { id } = await makeAsset(db, { companyId });
      ids.set(ownerUserId, id);
      await updateAsset(db, { id, ownerUserId });
    }
    await moveUserToCompany(db, { id: mover.id, companyId: elsewhere });
    await deleteUser(db, { id: leaver.id }, inCompany(companyId));
    await changeUserRole(db, { id: stayer.id, role: "analyst" });
    const owners = (await listAssets(db, { companyId })).items.map(({ id, ownerUserId }) => [id, ownerUserId]);
    expect(new Map(owners as [number, number | null][])).toEqual(
      new Map([
        [ids.get(mover.id), null],
        [ids.get(leaver.id), null],
        [ids.get(stayer.id), stayer.id],
      ]),
    );
    const audited = db.sql
      .selectFrom("audit_logs")
      .select("metadata_json")
      .where("action", "=", "assets_released")
      .where("company_id", "=", companyId)
      .orderBy("id");
    expect((await fetchAll(db, audited)).map(({ metadataJson }) => metadataJson)).toEqual([
      { userId: mover.id, released: 1 },
      { userId: leaver.id, released: 1 },
    ]);
  });

  test("changes and logs nothing where all is so already", async () => {
    const { db } = context;
    const { id: companyId } = await createTestCompany(db);
    const { id, updatedAt } = await makeAsset(db, { companyId });
    context.clock.advance({ minutes: 1 });
    const same = await updateAsset(db, { id, criticality: 2, ownerUserId: null, status: "active" });
    expect(same.updatedAt).toEqual(updatedAt);
    const logged = db.sql.selectFrom("audit_logs").select("id").where("company_id", "=", companyId);
    expect(await fetchAll(db, logged)).toEqual([]);
  });
});
