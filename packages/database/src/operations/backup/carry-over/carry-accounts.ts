import type { Transaction } from "../../../database/handle.ts";
import { runQuery, statement } from "../../../database/statement.ts";
import { anyTable } from "../../../database/any-table.ts";
import { users } from "../../../schema/core.ts";
import { accountProperties, accountRules, type AccountState } from "./account-rules.ts";
import { type BothStates, columnsOf, isSameTime, readPairs } from "./both-states.ts";

/** Into a restored state, in a transaction of it. */
export interface Carriage extends BothStates {
  readonly restored: Transaction;
}

/** The accounts, or companies, that both states know, by their ids. */
export type KnownIds = ReadonlySet<number>;

/** How often each rule applied. */
export type AccountCounts = Record<keyof typeof accountRules, number>;

const ruleList = Object.entries(accountRules) as [keyof typeof accountRules, (typeof accountRules)["passwords"]][];

const readHistory = statement((sql, p: { userId: number }) =>
  sql
    .selectFrom("password_history")
    .select(["user_id", "password_hash", "created_at"])
    .where("user_id", "=", p.userId)
    .orderBy("id"),
);
const forgetHistory = statement((sql, p: { userId: number }) =>
  sql.deleteFrom("password_history").where("user_id", "=", p.userId),
);
const remember = statement((sql, p: { userId: number; passwordHash: string; createdAt: Date }) =>
  sql
    .insertInto("password_history")
    .values({ user_id: p.userId, password_hash: p.passwordHash, created_at: p.createdAt }),
);
const forgetDevices = statement((sql, p: { userId: number }) =>
  sql.deleteFrom("known_devices").where("user_id", "=", p.userId),
);

/**
 * Carries over what was taken from accounts since the backup: rights, passwords, factors. Nothing is given back that the
 * backup's state does not give.
 * @returns the accounts that both states know, and how many of them were changed in which way
 */
export async function carryAccounts(states: Carriage, at: Date): Promise<{ known: KnownIds; counts: AccountCounts }> {
  const known = new Set<number>();
  const counts = Object.fromEntries(ruleList.map(([name]) => [name, 0])) as AccountCounts;
  for await (const pairs of readPairs(states, users, columnsOf(users, accountProperties))) {
    for (const { now, past } of pairs as unknown as { now: AccountState; past: AccountState | null }[]) {
      if (past === null || !isSameTime(now.createdAt, past.createdAt)) continue;
      known.add(now.id);
      await carryAccount(states, { now, past, at }, counts);
    }
  }
  return { known, counts };
}

async function carryAccount(
  states: Carriage,
  comparison: Parameters<(typeof accountRules)["passwords"]>[0],
  counts: AccountCounts,
): Promise<void> {
  const { id } = comparison.now;
  const applied = ruleList.map(([name, rule]) => ({ name, changes: rule(comparison) }));
  const changes = Object.assign({}, ...applied.map((rule) => rule.changes)) as Record<string, unknown>;
  if (Object.keys(changes).length === 0) return;
  for (const { name, changes: some } of applied) if (some !== null) counts[name] += 1;
  const change = anyTable(states.restored).updateTable("users").set(changes).where("id", "=", id);
  await runQuery(states.restored, change);
  if ("password_hash" in changes) await carryHistory(states, id);
}

/** Former passwords stay refused, and a device that was known to somebody with the former one is known no more. */
async function carryHistory({ replaced, restored }: Carriage, userId: number): Promise<void> {
  await forgetDevices.run(restored, { userId });
  await forgetHistory.run(restored, { userId });
  for (const row of await readHistory.all(replaced, { userId })) await remember.run(restored, row);
}
