import { classifyRule, type RuleSubject } from "@nerve/catalogues";
import type { Rule } from "@nerve/formats";
import { anyTable } from "../../../database/any-table.ts";
import type { Transaction } from "../../../database/handle.ts";
import { fetchAll } from "../../../database/statement.ts";
import { changeRow } from "../../../rows/change-row.ts";
import { insertMany } from "../../../rows/insert-many.ts";
import { findingRules } from "../../../schema/surface/findings.ts";
import { hashParts } from "./hash-parts.ts";
import type { ImportRun } from "../running/import-run.ts";
import { areOneOf, inKeyLists } from "../key-lists.ts";
import { type JournalEntry, writeJournal } from "../journal.ts";

/** A rule with the tool that has it, and what its findings tell of it. */
export interface RuleOfSource {
  readonly source: string;
  readonly rule: Rule;
  /** Of the first finding: what the kind is found by. */
  readonly cves: readonly string[];
  readonly subject: RuleSubject;
}

interface RuleRow {
  readonly id: number;
  readonly source: string;
  readonly key: string;
  readonly kind: string;
  readonly title: string;
  readonly description: string | null;
  readonly remediation: string | null;
  readonly references: readonly string[] | null;
  readonly cwes: readonly string[] | null;
  readonly tags: readonly string[] | null;
  readonly severity: string | null;
  readonly contentHash: string;
  readonly findingKind: string | null;
  readonly findingKindChosen: boolean;
}

export const ruleIdentity = (source: string, key: string) => `${source}\u0000${key}`;

/** Finds the rules that a slice names, makes those that are not there, and takes over their texts: once an import. */
export async function ensureRules(tx: Transaction, run: ImportRun, given: Iterable<RuleOfSource>): Promise<void> {
  const wanted = new Map<string, RuleOfSource>();
  for (const one of given) {
    const identity = ruleIdentity(one.source, one.rule.key);
    if (!run.rules.has(identity) && !wanted.has(identity)) wanted.set(identity, one);
  }
  if (wanted.size === 0) return;
  const found = new Map(
    (await findRules(tx, run, [...wanted.values()])).map((row) => [ruleIdentity(row.source, row.key), row]),
  );
  const missing = [...wanted].filter(([identity]) => !found.has(identity)).map(([, one]) => one);
  const ids = await tx.connection.dialect.reserveIds(tx.executor, findingRules, missing.length);
  const made = missing.map((one, index) => ({
    id: ids[index] as number,
    companyId: run.companyId,
    source: one.source,
    key: one.rule.key,
    ...textsOf(one.rule),
    findingKind: kindOf(one),
  }));
  await insertMany(tx, findingRules, made);
  const journal = ids.map((rowId): JournalEntry => ({ tableName: "finding_rules", rowId, before: null }));
  for (const { id, source, key, findingKind } of made)
    run.rules.set(ruleIdentity(source, key), { id, findingKind, isKindChosen: false });
  for (const [identity, row] of found) {
    const { findingKind, findingKindChosen: isKindChosen } = row;
    run.rules.set(identity, { id: row.id, findingKind: findingKind ?? "unclassified", isKindChosen });
    const texts = textsOf((wanted.get(identity) as RuleOfSource).rule);
    if (texts.contentHash === row.contentHash) continue;
    const { id, source: _source, key: _key, findingKind: _kind, findingKindChosen: _chosen, ...before } = row;
    await changeRow(tx, findingRules, id, texts);
    journal.push({ tableName: "finding_rules", rowId: id, before });
  }
  await writeJournal(tx, run, journal);
}

async function findRules(tx: Transaction, run: ImportRun, wanted: readonly RuleOfSource[]): Promise<RuleRow[]> {
  const rows: RuleRow[] = [];
  for (const some of inKeyLists(wanted)) {
    const keys = some.map(({ source, rule }) => [run.companyId, source, rule.key] as const);
    const query = anyTable(tx)
      .selectFrom("finding_rules")
      .select([
        "id",
        "source",
        "key",
        "kind",
        "title",
        "description",
        "remediation",
        "references",
        "cwes",
        "tags",
        "severity",
      ])
      .select(["content_hash", "finding_kind", "finding_kind_chosen"])
      .where(areOneOf(["company_id", "source", "key"], keys));
    rows.push(...((await fetchAll(tx, query)) as unknown as RuleRow[]));
  }
  return rows;
}

function textsOf(rule: Rule) {
  const texts = {
    kind: rule.kind,
    title: rule.title,
    description: rule.description ?? null,
    remediation: rule.remediation ?? null,
    references: rule.references ?? null,
    cwes: rule.cwes ?? null,
    tags: rule.tags ?? null,
    severity: rule.severity ?? null,
  };
  return { ...texts, contentHash: hashParts(Object.values(texts)) };
}

function kindOf({ source, rule, cves, subject }: RuleOfSource): string {
  return classifyRule({ source, key: rule.key, cves, tags: rule.tags ?? [], cwes: rule.cwes ?? [], subject });
}
