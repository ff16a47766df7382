import { after, day } from "../../../src/database/durations.ts";
import type { Handle } from "../../../src/database/handle.ts";
import { transaction } from "../../../src/database/transaction.ts";
import { insertRow } from "../../../src/rows/insert-row.ts";
import { findingChangeSets, findingHistory, findingNotes } from "../../../src/schema/surface/finding-history.ts";
import { findingCves, findingEvidence, findingLocations, type findings } from "../../../src/schema/surface/findings.ts";
import type { Row } from "../../../src/schema/kit/index.ts";
import { surfaceTagLinks, surfaceTags } from "../../../src/schema/surface/triage.ts";
import { packEvidence } from "../../../src/surface/evidence/keep-evidence.ts";
import { uniqueWord } from "../../support/people/accounts.ts";
import { makeFinding, makeRule } from "../../support/surface/findings.ts";

/** What somebody may write and a tool may show. */
export interface Texts {
  readonly userId: number;
  readonly text: string;
}

/** Makes a finding with a row in each table that belongs to findings, all of which hold a text. */
export async function makeWholeFinding(
  db: Handle,
  companyId: number,
  { userId, text }: Texts,
  given: Partial<Row<typeof findings>> = {},
): Promise<Row<typeof findings>> {
  const texts = { title: text, description: text, remediation: text, references: [text], cwes: ["CWE-79"] };
  const { id: ruleId } = await makeRule(db, { companyId, ...texts });
  const finding = await makeFinding(db, { companyId, ruleId, title: text, assignedToUserId: userId, ...given });
  const { id: findingId, assetId } = finding;
  const at = db.clock.now();
  const own = { companyId, findingId };
  await transaction(db, async (tx) => {
    await insertRow(tx, findingCves, { ...own, cve: "CVE-2026-2222" });
    await insertRow(tx, findingCves, { ...own, cve: "CVE-2026-1111" });
    await insertRow(tx, findingNotes, { ...own, userId, body: text });
    await insertRow(tx, findingNotes, { ...own, userId, body: "Taken back.", deletedAt: at });
    await insertRow(tx, findingNotes, { ...own, userId: null, body: "The newest." });
    const { id: tagId } = await insertRow(tx, surfaceTags, { companyId, name: uniqueWord() });
    await insertRow(tx, surfaceTags, { companyId, name: uniqueWord() });
    await insertRow(tx, surfaceTagLinks, { companyId, tagId, findingId });
    await insertRow(tx, surfaceTagLinks, { companyId, tagId, assetId });
    for (const seriesId of [2, 1]) {
      const seen = { firstImportId: 1, lastImportId: 1, firstSeenAt: at, lastSeenAt: after(at, day) };
      const place = { kind: "url" as const, url: text, locatorKey: uniqueWord().slice(0, 24), contentHash: "hash" };
      await insertRow(tx, findingLocations, { ...own, ...seen, ...place, seriesId, detail: { message: text } });
    }
    await insertRow(tx, findingEvidence, { ...own, importId: 1, kind: "request", ...packEvidence(text), masked: 2 });
    for (const reason of [text, "Again."]) {
      const set = { companyId, cause: "decision" as const, userId, importId: null, at };
      const { id: changeSetId } = await insertRow(tx, findingChangeSets, set);
      const change = { fromStatus: "open" as const, toStatus: "confirmed" as const, kind: "confirmed" as const };
      await insertRow(tx, findingHistory, { ...own, ...change, changeSetId, reason, at });
    }
  });
  return finding;
}
