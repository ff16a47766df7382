import type { Belonging } from "../../port/engine.ts";
import { quoteName } from "../../shared/ddl.ts";

/** The setting of a transaction that names the company whose transaction it is; without it, or empty, it is nobody's. */
export const companySetting = "nerve.company";

/** Named alike on every table. */
const policyName = "nerve_company";

// `NULLIF` inside: the planner evaluates the cast by itself, and an empty text is no number.
const company = `NULLIF(current_setting('${companySetting}', true), '')`;

function condition(table: string, belonging: Exclude<Belonging, "global">): string {
  if ("own" in belonging) return `${quoteName(belonging.own)} = ${company}::bigint`;
  const { by, through, to } = belonging;
  // The other table's own policy holds within, since it is the same role that reads.
  const leads = `${quoteName(by)}.${quoteName(to)} = ${quoteName(table)}.${quoteName(through)}`;
  return `EXISTS (SELECT FROM ${quoteName(by)} WHERE ${leads})`;
}

/**
 * Writes the statements that put a table's rows behind row security: in a company's transaction only its own can be read,
 * changed and made; in any other all of them. The owner of the tables is not held to it.
 */
export function rowSecurityStatements(table: string, belonging: Belonging): string[] {
  if (belonging === "global") return [];
  return [
    `ALTER TABLE ${quoteName(table)} ENABLE ROW LEVEL SECURITY`,
    `CREATE POLICY ${policyName} ON ${quoteName(table)} USING (${company} IS NULL OR ${condition(table, belonging)})`,
  ];
}
