import { z } from "zod";
import type { Handle } from "../../database/handle.ts";
import { fetchPage, type Page, pageFields, pageOrder, type PageParameters } from "../../database/page.ts";
import { fetchAll, shapedStatement } from "../../database/statement.ts";
import { columnsOf } from "../../database/columns.ts";
import { type Reaching, reachOf, within } from "../../access/within.ts";
import { reading } from "../../operation/operation.ts";
import { pageOf } from "../../rows/index.ts";
import { rowWith } from "../../rows/row-with.ts";
import { riskAcceptances } from "../../schema/surface/findings.ts";
import { oneOf, recordId } from "../../validation/input.ts";
import { companyInQuestion } from "../reach/company-in-question.ts";
import { acceptanceState, type AcceptanceState, acceptanceStates } from "./acceptance-state.ts";

/** An acceptance as lists have it. */
const listedAcceptance = rowWith(riskAcceptances, "ListedRiskAcceptance", {
  state: z.enum(acceptanceStates),
  findings: z.int().meta({ description: "How many findings are accepted under it." }),
});
export type ListedRiskAcceptance = z.output<typeof listedAcceptance>;

/** Which acceptances are wanted, by their ends: what is given counts. */
interface Wanted extends Reaching, PageParameters {
  readonly company: number;
  readonly ownerUserId?: number | undefined;
  /** Only what has not ended, and has time until after this. */
  readonly liveAfter?: Date | undefined;
  /** Only what has expired by this, whether or not it was noticed. */
  readonly expiredBy?: Date | undefined;
  readonly endReason?: "revoked" | "replaced" | undefined;
}

const order = pageOrder("risk_acceptances", ["expires_at", "id"], "asc");

const list = shapedStatement((sql, p: Wanted) => {
  const query = sql
    .selectFrom("risk_acceptances")
    .select(columnsOf("risk_acceptances"))
    .where("company_id", "=", p.company)
    .where(within("risk_acceptances", p))
    .$if(p.ownerUserId !== undefined, (all) => all.where("owner_user_id", "=", p.ownerUserId as number))
    .$if(p.endReason !== undefined, (all) => all.where("end_reason", "=", p.endReason as "revoked"))
    .$if(p.liveAfter !== undefined, (all) =>
      // In the order of the index, for PostgreSQL does not see that all of them are equal.
      all
        .where("ended_at", "is", null)
        .where("expires_at", ">", p.liveAfter as Date)
        .orderBy("ended_at"),
    )
    .$if(p.expiredBy !== undefined, (all) =>
      all.where((where) =>
        where.or([
          where("end_reason", "=", "expired"),
          where.and([where("ended_at", "is", null), where("expires_at", "<=", p.expiredBy as Date)]),
        ]),
      ),
    );
  return order.apply(query, p);
});

/**
 * Lists the risks that a company has accepted, what ends soonest first: what is live by the clock, unless `state` says else. A company
 * has to be named where the caller reaches several.
 *
 * @returns one page, and the cursor of the next; each with its state and how many findings are accepted under it
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {ConflictError} COMPANY_NEEDED
 * @example
 * const { items } = await listRiskAcceptances(db, { companyId: 1, limit: 10 });
 */
export const listRiskAcceptances = reading({
  summary: "List accepted risks",
  permission: "finding:read",
  input: {
    companyId: recordId().optional(),
    state: oneOf(acceptanceStates).default("live"),
    ownerUserId: recordId().optional(),
    ...pageFields,
  },
  output: pageOf(listedAcceptance),
  async run(db, { companyId, state, ownerUserId, limit, cursor }, caller): Promise<Page<ListedRiskAcceptance>> {
    order.readPlace(cursor);
    const company = await companyInQuestion(db, caller, companyId);
    if (company === null) return { items: [], nextCursor: null };
    const now = db.clock.now();
    const filters = { ...reachOf(caller), company, ownerUserId, ...endOf(state, now) };
    const { items, nextCursor } = await fetchPage(db, { list, order, filters, limit, cursor });
    const counts = await countAccepted(
      db,
      items.map(({ id }) => id),
    );
    const listed = items.map((item) => ({
      ...item,
      state: acceptanceState(item, now),
      findings: counts.get(item.id) ?? 0,
    }));
    return { items: listed, nextCursor };
  },
});

/** The condition that makes the state of an acceptance. */
function endOf(state: AcceptanceState, now: Date): Pick<Wanted, "liveAfter" | "expiredBy" | "endReason"> {
  if (state === "live") return { liveAfter: now };
  return state === "expired" ? { expiredBy: now } : { endReason: state };
}

async function countAccepted(db: Handle, ids: readonly number[]): Promise<ReadonlyMap<number, number>> {
  if (ids.length === 0) return new Map();
  const query = db.sql
    .selectFrom("findings")
    .select(({ fn }) => ["risk_acceptance_id", fn.countAll<number>().as("accepted")])
    .where("risk_acceptance_id", "in", ids)
    .where("status", "=", "accepted")
    .groupBy("risk_acceptance_id");
  return new Map((await fetchAll(db, query)).map((row) => [row.riskAcceptanceId as number, row.accepted]));
}
