import type { Handle } from "../database/handle.ts";
import { statement } from "../database/statement.ts";
import { meteredTables } from "./metered-tables.ts";
import { companyLimits, userLimits } from "./limits.ts";
import { type Usage, usageOf } from "./usage.ts";

/** From which part of a quota on somebody should know, before work is refused. */
const share = 0.9;

/** A user or a company that stores nearly as much as it may, or more. */
export interface NearQuota {
  readonly whose: "user" | "company";
  readonly id: number;
  readonly used: Usage;
  readonly limits: Usage;
}

type MeteredTable = (typeof meteredTables)[number];

/** Those who store much in one table alone: of a sum, one of its parts is at least the mean. */
const findUsers = meteredTables.map((table: MeteredTable) =>
  statement((sql, p: { rows: number; bytes: number }) =>
    sql
      .selectFrom(table)
      .select("user_id")
      .where("user_id", "is not", null)
      .where("deleted_at", "is", null)
      .groupBy("user_id")
      .having((eb) =>
        eb.or([eb(eb.fn.countAll<number>(), ">=", p.rows), eb(eb.fn.sum<number>("stored_bytes"), ">=", p.bytes)]),
      ),
  ),
);

const findCompanies = meteredTables.map((table: MeteredTable) =>
  statement((sql) => sql.selectFrom(table).select("company_id").distinct().where("company_id", "is not", null)),
);

/** Finds the users and companies that store nine tenths of what they may, or more. */
export async function findNearQuotas(db: Handle): Promise<NearQuota[]> {
  const ofUsers = userLimits(db);
  const part = share / meteredTables.length;
  const least = { rows: Math.floor(ofUsers.rows * part), bytes: Math.floor(ofUsers.bytes * part) };
  const users = await Promise.all(findUsers.map((find) => find.all(db, least)));
  const companies = await Promise.all(findCompanies.map((find) => find.all(db, {})));
  const found: NearQuota[] = [];
  for (const id of distinct(users.flat().map(({ userId }) => userId))) {
    found.push({ whose: "user", id, used: (await usageOf(db, "user_id", id)).live, limits: ofUsers });
  }
  for (const id of distinct(companies.flat().map(({ companyId }) => companyId))) {
    const { live } = await usageOf(db, "company_id", id);
    found.push({ whose: "company", id, used: live, limits: await companyLimits(db, id) });
  }
  return found.filter(({ used, limits }) => used.rows > 0 && isNear(used, limits));
}

function isNear(used: Usage, limits: Usage): boolean {
  return used.rows >= limits.rows * share || used.bytes >= limits.bytes * share;
}

function distinct(ids: readonly (number | null)[]): number[] {
  return [...new Set(ids)].filter((id) => id !== null).toSorted((one, other) => one - other);
}
