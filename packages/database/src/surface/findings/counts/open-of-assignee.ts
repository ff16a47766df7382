import type { Handle } from "../../../database/handle.ts";
import { statement } from "../../../database/statement.ts";
import { severities, type Severity } from "../../../schema/surface/assets.ts";
import { mostCounted } from "./count-statements.ts";

/** What is open of one asset or rule. */
export interface OpenOf {
  readonly id: number;
  readonly openFindings: number;
  readonly worstSeverity: Severity;
}

interface Assigned {
  readonly company: number;
  readonly userId: number;
}

function countBy(column: "asset_id" | "rule_id") {
  return statement((sql, { company, userId }: Assigned) =>
    sql
      .selectFrom((eb) =>
        eb
          .selectFrom("findings")
          .select([`findings.${column} as of`, "findings.severity"])
          .where("findings.assigned_to_user_id", "=", userId)
          .where("findings.is_open", "=", true)
          .where("findings.company_id", "=", company)
          .limit(mostCounted)
          .as("assigned"),
      )
      .select(({ fn }) => ["assigned.of", "assigned.severity", fn.countAll<number>().as("findings")])
      .groupBy(["assigned.of", "assigned.severity"]),
  );
}

const counts = { asset_id: countBy("asset_id"), rule_id: countBy("rule_id") };

/** Counts what is open and assigned to a user, by asset or rule, the most first; 10,000 findings are looked at. */
export async function countOpenOfAssignee(
  db: Handle,
  column: keyof typeof counts,
  assigned: Assigned,
): Promise<OpenOf[]> {
  const rows = (await counts[column].all(db, assigned)) as readonly {
    readonly of: number;
    readonly severity: Severity;
    readonly findings: number;
  }[];
  const byId = [...Map.groupBy(rows, ({ of }) => of)];
  return byId
    .map(([id, some]) => ({
      id,
      openFindings: some.reduce((sum, { findings }) => sum + findings, 0),
      worstSeverity: severities.find((severity) => some.some((one) => one.severity === severity)) as Severity,
    }))
    .toSorted((one, other) => other.id - one.id)
    .toSorted((one, other) => other.openFindings - one.openFindings);
}
