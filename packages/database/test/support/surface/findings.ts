import type { Handle, Transaction } from "../../../src/database/handle.ts";
import { transaction } from "../../../src/database/transaction.ts";
import { insertRow } from "../../../src/rows/insert-row.ts";
import { assets } from "../../../src/schema/surface/assets.ts";
import { findingRules, findings, riskAcceptances } from "../../../src/schema/surface/findings.ts";
import type { NewRow, Row } from "../../../src/schema/kit/index.ts";
import { recordChanges } from "../../../src/surface/changes/record-changes.ts";
import { riskOf } from "../../../src/surface/deciding/risk-of.ts";
import { isOpen } from "../../../src/surface/deciding/statuses.ts";
import { after, day } from "../../../src/database/durations.ts";
import { uniqueWord } from "../people/accounts.ts";

type Given<Table> = Partial<NewRow<Table>> & { companyId: number };

export const testSource = "nuclei";

/** Inserts a host of a company. */
export function makeAsset(db: Handle, given: Given<typeof assets>): Promise<Row<typeof assets>> {
  const name = `${uniqueWord()}.example`;
  const now = db.clock.now();
  const row = { kind: "host", key: name, name, firstSeenAt: now, lastSeenAt: now, ...given } as const;
  return transaction(db, (tx) => insertRow(tx, assets, row));
}

/** Inserts a rule of a company. */
export function makeRule(db: Handle, given: Given<typeof findingRules>): Promise<Row<typeof findingRules>> {
  const key = uniqueWord();
  const row = { source: testSource, key, title: key, kind: "vulnerability", contentHash: key, ...given } as const;
  return transaction(db, (tx) => insertRow(tx, findingRules, row));
}

/** Inserts an acceptance of a company that ends in 30 days. */
export function makeAcceptance(db: Handle, given: Given<typeof riskAcceptances>): Promise<Row<typeof riskAcceptances>> {
  const expiresAt = after(db.clock.now(), 30 * day);
  const row = { reason: "It is behind a wall.", maxSeverity: "critical", expiresAt, ...given } as const;
  return transaction(db, (tx) => insertRow(tx, riskAcceptances, row));
}

/**
 * Inserts a finding of a company as an import does, with the counts that it adds to.
 *
 * @param given what it is; by itself it is open, of medium severity, of an asset and a rule of its own, and what its status asks for
 *   beside itself is made
 */
export function makeFinding(db: Handle, given: Given<typeof findings>): Promise<Row<typeof findings>> {
  return transaction(db, async (tx) => {
    const finding = await insertRow(tx, findings, await wholeFinding(tx, given));
    const { id: findingId, assetId, ruleId, source, status, severity, knownExploited: exploited } = finding;
    const to = { status, severity, exploited };
    await recordChanges(
      tx,
      { companyId: given.companyId, cause: "import", importId: null, actor: { userId: null }, at: db.clock.now() },
      [{ findingId, assetId, ruleId, source, kind: "opened", from: null, to, reason: null }],
    );
    return finding;
  });
}

async function wholeFinding(tx: Transaction, given: Given<typeof findings>): Promise<NewRow<typeof findings>> {
  const { companyId, status = "open", severity = "medium", knownExploited = false, epss = null } = given;
  const now = tx.clock.now();
  const word = uniqueWord();
  return {
    assetId: given.assetId ?? (await makeAsset(tx, { companyId })).id,
    ruleId: given.ruleId ?? (await makeRule(tx, { companyId })).id,
    riskAcceptanceId: status === "accepted" ? (await makeAcceptance(tx, { companyId })).id : null,
    source: testSource,
    contextKey: word,
    contentHash: word,
    title: word,
    severity,
    reportedSeverity: severity,
    risk: riskOf({ severity, exploited: knownExploited, epss, criticality: 2 }),
    isOpen: isOpen(status),
    resolvedAt: status === "resolved" ? now : null,
    openedAt: now,
    changedAt: now,
    ...given,
  };
}
