import { z } from "zod";
import { statement } from "../../../database/statement.ts";
import { reading } from "../../../operation/operation.ts";
import { severities } from "../../../schema/surface/assets.ts";
import { ruleKinds } from "../../../schema/surface/finding-words.ts";
import { limit, recordId } from "../../../validation/input.ts";
import { mostOpen } from "./most-open.ts";

const topRule = z
  .object({
    id: z.int(),
    source: z.string(),
    key: z.string(),
    title: z.string(),
    kind: z.enum(ruleKinds),
    severity: z.enum(severities).nullable(),
    openFindings: z.int(),
  })
  .meta({ id: "TopRule", description: "A rule with how many findings of it are open." });
export type TopRule = z.output<typeof topRule>;

const columns = ["id", "source", "key", "title", "kind", "severity"] as const;

const topOfCompany = statement((sql, p: { company: number; rows: number }) =>
  sql
    .selectFrom("finding_rules")
    .select([...columns, "open_findings"])
    .where("finding_rules.company_id", "=", p.company)
    .where("finding_rules.open_findings", ">", 0)
    .orderBy("finding_rules.open_findings", "desc")
    .orderBy("finding_rules.id", "desc")
    .limit(p.rows),
);

const ruleById = statement((sql, { id }: { id: number }) =>
  sql
    .selectFrom("finding_rules")
    .select([...columns])
    .where("finding_rules.id", "=", id),
);

/**
 * Tells which rules have the most open findings; for who reaches nothing but their own, the most that are assigned to them.
 *
 * @returns the rules, those with the most first
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {ConflictError} COMPANY_NEEDED when several companies are within reach and none is named
 * @example
 * const { items } = await topRules(db, { companyId: 1, limit: 5 });
 */
export const topRules = reading({
  summary: "Tell which rules have the most open findings",
  permission: "finding:read",
  input: { companyId: recordId().optional(), limit: limit({ max: 100, default: 10 }) },
  output: z.object({ items: z.array(topRule) }),
  mayLag: true,
  run: (db, asked, caller): Promise<{ items: TopRule[] }> =>
    mostOpen<TopRule>(db, asked, caller, {
      ofCompany: (handle, wanted) => topOfCompany.all(handle, wanted),
      column: "rule_id",
      one: async (handle, { id, openFindings }) => ({
        ...(await ruleById.one(handle, { id })),
        openFindings,
      }),
    }),
});
