import type { Actor } from "../../access/actor.ts";
import type { Handle, Transaction } from "../../database/handle.ts";
import { fetchAll, statement } from "../../database/statement.ts";
import { transaction } from "../../database/transaction.ts";
import { holdFindings } from "../changes/hold-findings.ts";
import { inKeyLists } from "../importing/key-lists.ts";
import { type Followed, followExploitation, isToFollow } from "./follow-exploitation.ts";
import { told, toldKinds } from "./told-exploitation.ts";

/** Findings that are looked at by one statement, and most that change in one transaction. */
const findingsOfPage = 2000;
const findingsOfSlice = 5000;

/** The next findings that have a number of the CVE list, every company's. */
const findingsAfter = statement(
  (builder, { after, rows }: { after: number; rows: number }) =>
    builder
      .selectFrom("findings")
      .select(["findings.id", "findings.company_id", "findings.epss", "findings.known_exploited"])
      .select(() => [...told()])
      .where((eb) =>
        eb(
          "findings.id",
          "in",
          eb
            .selectFrom("finding_cves")
            .select("finding_cves.finding_id")
            .distinct()
            .where("finding_cves.finding_id", ">", after)
            .orderBy("finding_cves.finding_id")
            .limit(rows),
        ),
      )
      .orderBy("findings.id"),
  toldKinds,
);

/**
 * Lets the findings of every company follow the feeds, in slices of one company each. What is interrupted goes on when it is called
 * again, since a finding is compared with what the feeds say, and not with what they said before.
 */
export async function followFeeds(db: Handle, actor: Actor): Promise<Followed> {
  await awaitImports(db);
  const waiting = new Map<number, number[]>();
  let followed: Followed = { findings: 0, exploited: 0 };
  const follow = async (companyId: number, ids: readonly number[]) => {
    followed = add(followed, await followInSlice(db, { companyId, actor }, ids));
  };
  let after = 0;
  for (;;) {
    const rows = await findingsAfter.all(db, { after, rows: findingsOfPage });
    for (const row of rows.filter(isToFollow)) {
      const { companyId, id } = row;
      const ids = waiting.get(companyId) ?? [];
      ids.push(id);
      waiting.set(companyId, ids);
      if (ids.length < findingsOfSlice) continue;
      waiting.delete(companyId);
      await follow(companyId, ids);
    }
    if (rows.length < findingsOfPage) break;
    after = rows.at(-1)?.id ?? after;
  }
  for (const [companyId, ids] of waiting) await follow(companyId, ids);
  return followed;
}

function add(one: Followed, other: Followed): Followed {
  return { findings: one.findings + other.findings, exploited: one.exploited + other.exploited };
}

function followInSlice(
  db: Handle,
  { companyId, actor }: { companyId: number; actor: Actor },
  ids: readonly number[],
): Promise<Followed> {
  return transaction(
    db,
    async (tx) => {
      await holdFindings(tx, companyId);
      return followExploitation(tx, { companyId, actor, isWithdrawn: false }, ids);
    },
    { company: companyId, large: true },
  );
}

async function companiesOf(db: Handle): Promise<number[]> {
  const rows = await fetchAll(db, db.sql.selectFrom("companies").select("id").orderBy("id"));
  return rows.map(({ id }) => id);
}

/** Waits for what has read the feeds as they were: what is imported from now on follows them by itself. */
async function awaitImports(db: Handle): Promise<void> {
  for (const company of await companiesOf(db)) await transaction(db, (tx) => holdFindings(tx, company), { company });
}

/**
 * Lets findings no longer be known as exploited whose weaknesses were taken off the list. To be called where the list is replaced: later
 * nothing tells which these were.
 */
export async function followWithdrawals(tx: Transaction, cves: readonly string[], actor: Actor): Promise<Followed> {
  if (cves.length === 0) return { findings: 0, exploited: 0 };
  let followed: Followed = { findings: 0, exploited: 0 };
  for (const companyId of (await companiesOf(tx)).toSorted(byName)) {
    await holdFindings(tx, companyId);
    const ids = await findWithdrawn(tx, companyId, cves);
    followed = add(followed, await followExploitation(tx, { companyId, actor, isWithdrawn: true }, ids));
  }
  return followed;
}

/** Several names are held in the order of their texts. */
function byName(one: number, other: number): number {
  return String(one) < String(other) ? -1 : 1;
}

async function findWithdrawn(tx: Transaction, companyId: number, cves: readonly string[]): Promise<Set<number>> {
  const ids = new Set<number>();
  for (const some of inKeyLists(cves)) {
    const query = tx.sql
      .selectFrom("finding_cves")
      .innerJoin("findings", "findings.id", "finding_cves.finding_id")
      .select("findings.id")
      .where("finding_cves.company_id", "=", companyId)
      .where("finding_cves.cve", "in", some)
      .where("findings.known_exploited", "=", true);
    for (const { id } of await fetchAll(tx, query)) ids.add(id);
  }
  return ids;
}
