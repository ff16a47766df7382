import { transaction } from "../../../src/database/transaction.ts";
import type { Handle, Transaction } from "../../../src/database/handle.ts";
import { fetchAll } from "../../../src/database/statement.ts";
import { severities } from "../../../src/schema/surface/assets.ts";
import { findingStatuses } from "../../../src/schema/surface/finding-words.ts";
import type { RowOf } from "../../../src/schema/tables.ts";
import { isOpen } from "../../../src/surface/deciding/statuses.ts";
import { createTestUser, uniqueWord } from "../people/accounts.ts";
import { randomFrom } from "../random.ts";

type Values = Readonly<Record<string, unknown>>;

/** What a company was filled with. */
export interface FilledCompany {
  readonly companyId: number;
  readonly userId: number;
  readonly assets: readonly { readonly id: number; readonly name: string }[];
  readonly rules: readonly { readonly id: number; readonly key: string; readonly title: string }[];
  readonly findings: readonly RowOf<"findings">[];
}

async function insertAll(tx: Transaction, table: string, rows: readonly Values[]): Promise<void> {
  const columns = Object.keys(rows[0] as Values);
  await tx.executor.insertRows(
    { table, columns },
    rows.map((row) => columns.map((column) => row[column])),
  );
}

/**
 * Fills a company with findings on twelve hosts and of twelve rules, of few risks and times, so that many stand at the same place of a
 * list. What counts them is left as it is.
 */
export async function fillCompany(db: Handle, companyId: number, findings: number): Promise<FilledCompany> {
  const { id: userId } = await createTestUser(db, { company_id: companyId, role: "analyst" });
  const now = db.clock.now();
  const stamps = { company_id: companyId, created_at: now, updated_at: now };
  const word = uniqueWord();
  await transaction(db, async (tx) => {
    const hosts = Array.from({ length: 12 }, (_, at) => `h${at}.${word}.example`);
    const seen = { kind: "host", first_seen_at: now, last_seen_at: now };
    await insertAll(
      tx,
      "assets",
      hosts.map((name) => ({ ...stamps, ...seen, key: name, name })),
    );
    const keys = Array.from({ length: 12 }, (_, at) => `rule-${at}`);
    await insertAll(
      tx,
      "finding_rules",
      keys.map((key, at) => ({
        ...stamps,
        source: "nuclei",
        key,
        title: `Weak cipher number ${at} of 100%`,
        kind: "vulnerability",
        finding_kind: at === 0 ? "weak-cipher" : "other",
        content_hash: key,
      })),
    );
  });
  const assets = await fetchAll(
    db,
    db.sql.selectFrom("assets").select(["id", "name"]).where("company_id", "=", companyId).orderBy("id"),
  );
  const rules = await fetchAll(
    db,
    db.sql.selectFrom("finding_rules").select(["id", "key", "title"]).where("company_id", "=", companyId).orderBy("id"),
  );
  const random = randomFrom(7);
  const ids = (rows: readonly { id: number }[]) => rows.map(({ id }) => id);
  const statuses = findingStatuses.filter((status) => status !== "accepted");
  const rows = Array.from({ length: findings }, (_, at) => {
    const status = random.below(3) > 0 ? "open" : random.pick(statuses);
    const ruleId = random.pick(ids(rules));
    const time = new Date(now.getTime() - random.below(20) * 86_400_000);
    return {
      ...stamps,
      asset_id: random.pick(ids(assets)),
      rule_id: ruleId,
      finding_kind: ruleId === rules[0]?.id ? "weak-cipher" : "other",
      source: random.pick(["nuclei", "trivy"]),
      context_key: `context ${at}`,
      content_hash: `hash ${at}`,
      title: `Finding ${at}`,
      severity: random.pick(severities),
      reported_severity: "low",
      status,
      is_open: isOpen(status),
      known_exploited: random.below(200) === 0,
      risk: random.below(30) * 10,
      assigned_to_user_id: random.below(10) === 0 ? userId : null,
      opened_at: time,
      changed_at: new Date(time.getTime() + random.below(5) * 3_600_000),
      due_at:
        isOpen(status) && random.below(2) === 0 ? new Date(now.getTime() + (random.below(30) - 15) * 86_400_000) : null,
      resolved_at: status === "resolved" ? now : null,
    };
  });
  await transaction(db, (tx) => insertAll(tx, "findings", rows));
  const stored = await fetchAll(
    db,
    db.sql
      .selectFrom("findings")
      .select([
        "id",
        "asset_id",
        "rule_id",
        "source",
        "severity",
        "status",
        "is_open",
        "known_exploited",
        "risk",
        "assigned_to_user_id",
        "opened_at",
        "changed_at",
        "due_at",
      ])
      .where("company_id", "=", companyId),
  );
  return { companyId, userId, assets, rules, findings: stored as RowOf<"findings">[] };
}

/** Brings the planner's figures up to date. */
export async function analyze(db: Handle): Promise<void> {
  await transaction(db, (tx) => tx.executor.script("ANALYZE"));
}
