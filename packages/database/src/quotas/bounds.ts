import type { Handle, Transaction } from "../database/handle.ts";
import { runQuery, statement } from "../database/statement.ts";
import type { Usage, UsageByState } from "./usage.ts";

/** Whose quota it is. */
export interface Holder {
  readonly whose: "company" | "user";
  readonly id: number;
}

/** For whom something is stored. */
export interface StoredFor {
  readonly userId: number | null;
  readonly companyId: number | null;
}

/** Those of companies come before those of users: the order in which whoever takes several takes them. */
const nameOf = ({ whose, id }: Holder) => `${whose} ${id}`;

function holderNamed(name: string): Holder {
  const [whose, id] = name.split(" ");
  return { whose: whose as Holder["whose"], id: Number(id) };
}

const add = statement((sql, p: { name: string; rows: number; bytes: number }) =>
  sql
    .insertInto("quota_bounds")
    .values({ id: p.name })
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet((set) => ({
        live_rows: set("quota_bounds.live_rows", "+", p.rows),
        live_bytes: set("quota_bounds.live_bytes", "+", p.bytes),
      })),
    )
    .returning(["live_rows", "live_bytes", "deleted_rows", "deleted_bytes"]),
);

/**
 * Adds to what a holder stores at most, and keeps others from doing so until the transaction ends: what is counted from here on
 * includes all that they added.
 *
 * @returns the bound; null where nobody knows how much it is
 */
export async function addToBound(tx: Transaction, holder: Holder, added: Usage): Promise<UsageByState | null> {
  const { liveRows, liveBytes, deletedRows, deletedBytes } = await add.one(tx, { name: nameOf(holder), ...added });
  if (liveRows === null || liveBytes === null || deletedRows === null || deletedBytes === null) return null;
  return { live: { rows: liveRows, bytes: liveBytes }, deleted: { rows: deletedRows, bytes: deletedBytes } };
}

interface BoundRow {
  name: string;
  liveRows: number | null;
  liveBytes: number | null;
  deletedRows: number | null;
  deletedBytes: number | null;
}

const write = statement((sql, p: BoundRow) => {
  const bound = {
    live_rows: p.liveRows,
    live_bytes: p.liveBytes,
    deleted_rows: p.deletedRows,
    deleted_bytes: p.deletedBytes,
  };
  return sql
    .insertInto("quota_bounds")
    .values({ id: p.name, ...bound })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(bound));
});

/** Puts what was counted in the place of a bound; `addToBound` has to have come before the counting. */
export async function setBound(tx: Transaction, holder: Holder, { live, deleted }: UsageByState): Promise<void> {
  const counted = {
    liveRows: live.rows,
    liveBytes: live.bytes,
    deletedRows: deleted.rows,
    deletedBytes: deleted.bytes,
  };
  await write.run(tx, { name: nameOf(holder), ...counted });
}

const unknown = { liveRows: null, liveBytes: null, deletedRows: null, deletedBytes: null };

/**
 * Makes the bounds of whoever something was stored for unknown, where it was stored by what neither counts nor refuses: their next
 * saves count. A bound that is not there is made, since somebody who counts at this moment would not see what is stored.
 */
export async function forgetBounds(tx: Transaction, owners: readonly StoredFor[]): Promise<void> {
  const names = owners.flatMap(({ userId, companyId }) => [
    ...(companyId === null ? [] : [nameOf({ whose: "company", id: companyId })]),
    ...(userId === null ? [] : [nameOf({ whose: "user", id: userId })]),
  ]);
  for (const name of [...new Set(names)].toSorted()) await write.run(tx, { name, ...unknown });
}

/** Forgets every bound, where nobody else stores anything meanwhile. */
export async function forgetAllBounds(db: Handle): Promise<void> {
  await runQuery(db, db.sql.deleteFrom("quota_bounds"));
}

const list = statement((sql) => sql.selectFrom("quota_bounds").select("id"));

/** Whose bounds there are, in the order in which they are taken. */
export async function listHolders(db: Handle): Promise<Holder[]> {
  const names = (await list.all(db, {})).map(({ id }) => id);
  return names.toSorted().map(holderNamed);
}

const remove = statement((sql, p: { name: string }) => sql.deleteFrom("quota_bounds").where("id", "=", p.name));

/** Removes the bound of a holder for whom nothing is stored any more. */
export async function removeBound(tx: Transaction, holder: Holder): Promise<void> {
  await remove.run(tx, { name: nameOf(holder) });
}
