import type { Caller } from "../../../access/caller.ts";
import type { Handle } from "../../../database/handle.ts";
import { companyInQuestion } from "../../reach/company-in-question.ts";
import { countOpenOfAssignee } from "./open-of-assignee.ts";

type Counted = Awaited<ReturnType<typeof countOpenOfAssignee>>[number];

/** Where that is found of which the most findings are open. */
interface Sought<Top> {
  readonly ofCompany: (db: Handle, wanted: { company: number; rows: number }) => Promise<readonly Top[]>;
  /** What an assignee's findings are counted by. */
  readonly column: "asset_id" | "rule_id";
  readonly one: (db: Handle, counted: Counted) => Promise<Top>;
}

/** What has the most open findings in the company in question; for who reaches nothing but their own, of those assigned to them. */
export async function mostOpen<Top>(
  db: Handle,
  { companyId, limit: rows }: { companyId?: number | undefined; limit: number },
  caller: Caller,
  { ofCompany, column, one }: Sought<Top>,
): Promise<{ items: Top[] }> {
  const company = await companyInQuestion(db, caller, companyId);
  if (company === null) return { items: [] };
  const { scope } = caller;
  if (scope.kind !== "own") return { items: [...(await ofCompany(db, { company, rows }))] };
  const counted = await countOpenOfAssignee(db, column, { company, userId: scope.userId });
  const items: Top[] = [];
  for (const open of counted.slice(0, rows)) items.push(await one(db, open));
  return { items };
}
