import type { Handle, Transaction } from "../../database/handle.ts";
import { requireRoom } from "../../quotas/require-room.ts";
import { users } from "../../schema/core.ts";
import { statement } from "../../database/statement.ts";
import { ConflictError } from "../../errors/index.ts";
import type { UserRole } from "../../schema/core.ts";
import { type Company, lockCompany } from "./company.ts";

const countHolders = statement((sql, p: { companyId: number }) =>
  sql
    .selectFrom("users")
    .select((eb) => eb.fn.countAll<number>().as("holders"))
    .where("company_id", "=", p.companyId)
    .where("deleted_at", "is", null)
    .where("role", "<>", "demo"),
);

/** Whether an account of this role takes one of its company's seats: demonstrations do not. */
export function takesSeat(role: UserRole): boolean {
  return role !== "demo";
}

/**
 * Counts the seats of a company that are taken: by each user that is not deleted, whatever the status (a suspended user
 * keeps the seat, so that reinstating one needs no check), demo accounts apart.
 */
export async function countTakenSeats(db: Handle, companyId: number): Promise<number> {
  const row = await countHolders.first(db, { companyId });
  return row?.holders ?? 0;
}

/**
 * Makes sure that a company can take in a user, and locks it, so that no other transaction takes the same seat.
 *
 * @throws {ConflictError} REFERENCE_VIOLATION when there is no such company, or it is deleted; SEATS_EXHAUSTED
 */
export async function requireSeat(tx: Transaction, companyId: number, role: UserRole): Promise<Company> {
  const company = await lockCompany(tx, companyId);
  if (company?.deletedAt !== null) {
    throw new ConflictError("REFERENCE_VIOLATION", {
      field: "companyId",
      message: "The company does not exist, or is deleted.",
    });
  }
  if (takesSeat(role) && (await countTakenSeats(tx, companyId)) >= company.maxSeats) {
    throw new ConflictError("SEATS_EXHAUSTED", { field: "companyId" });
  }
  return company;
}

/** Accounts that a company may have beyond twice its seats: demonstrations, and those that were deleted and are not purged yet. */
const accountsWithoutSeat = 1000;

/**
 * Makes sure, once a company has one more account, that nobody fills the table with demonstrations or with accounts that they delete.
 *
 * @throws {QuotaError} QUOTA_EXCEEDED
 */
export async function requireRoomForAccount(tx: Transaction, { id, maxSeats }: Company): Promise<void> {
  await requireRoom(tx, users, id, 2 * maxSeats + accountsWithoutSeat);
}
