import { z } from "zod";
import { digestToken, isApiKey } from "../../cryptography/index.ts";
import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import type { UserRole } from "../../schema/core.ts";
import { ipAddress, parseInput } from "../../validation/input.ts";
import { ownerInGoodStanding } from "../account/good-standing.ts";
import { lacksSecondFactor } from "../account/second-factor-due.ts";

const useInput = z.strictObject({ ipAddress: ipAddress().optional() });

/** A valid API key and its user. */
export interface ValidApiKey {
  readonly keyId: number;
  readonly userId: number;
  readonly name: string;
  /** Null for a key that does not expire. */
  readonly expiresAt: Date | null;
  readonly permissions: readonly string[];
  readonly user: {
    readonly id: number;
    readonly email: string;
    readonly role: UserRole;
    readonly companyId: number | null;
  };
}

/** Checks and counts in one statement, so that no use goes uncounted. A use without an address keeps the last one. */
const useKey = statement(
  (sql, p: { digest: string; now: Date; ipAddress: string | undefined }) =>
    sql
      .updateTable("api_keys")
      .set((eb) => ({
        usage_count: eb("usage_count", "+", 1),
        last_used_at: p.now,
        last_used_ip: eb.fn.coalesce(eb.val(p.ipAddress), "last_used_ip"),
      }))
      .where("key_hash", "=", p.digest)
      .where("is_active", "=", true)
      .where("revoked_at", "is", null)
      .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", p.now)]))
      .where(ownerInGoodStanding("api_keys.user_id", p.now))
      .returning(["id", "user_id", "name", "permissions", "expires_at"])
      .returning((eb) => {
        const owner = eb.selectFrom("users").whereRef("users.id", "=", "api_keys.user_id");
        const company = eb.selectFrom("companies").where("companies.id", "=", owner.select("users.company_id"));
        return [
          owner.select("email").as("email"),
          owner.select("role").as("role"),
          owner.select("users.company_id").as("company_id"),
          owner.select("users.2fa_enabled").as("owner_has_factor"),
          owner.select("users.created_at").as("owner_created_at"),
          owner.select("users.company_since").as("company_since"),
          company.select("two_factor_demanded_at").as("two_factor_demanded_at"),
          company.select("two_factor_grace_days").as("two_factor_grace_days"),
        ];
      }),
  { owner_has_factor: "boolean", owner_created_at: "datetime" },
);

/**
 * Checks an API key, and counts its use: `usage_count` is exact however many requests come at once.
 *
 * @param db the database, or an open transaction
 * @param rawKey as the client sent it
 * @param options `ipAddress` of the request, kept as the key's last address
 * @returns the key and its user; null when it is unknown, expired or revoked, or its user may not act (locked,
 *   suspended, deleted, ended) or had to set up a second factor and has not: the key is good again once there is one
 * @throws {ValidationError} INVALID_INPUT when `ipAddress` is no IP address
 * @throws {BusyError} BUSY, and connection errors: they never look like a key that does not exist
 * @example
 * const valid = await validateApiKey(db, "nrv_unknown", { ipAddress: "192.0.2.7" });
 * valid === null; // true
 */
export async function validateApiKey(
  db: Handle,
  rawKey: string,
  options: z.input<typeof useInput> = {},
): Promise<ValidApiKey | null> {
  const { ipAddress: address } = parseInput(useInput, options);
  if (!isApiKey(rawKey)) return null;
  const used = await useKey.first(db, { digest: digestToken(rawKey), now: db.clock.now(), ipAddress: address });
  if (used === null) return null;
  const { id: keyId, userId, name, permissions, expiresAt, email, role, companyId } = used;
  // The condition on the owner has matched, so there is one.
  const owner = { createdAt: used.ownerCreatedAt as Date, twoFactorEnabled: used.ownerHasFactor === true };
  if (lacksSecondFactor(db, { ...used, role: role as UserRole, ...owner })) return null;
  const user = { id: userId, email: email as string, role: role as UserRole, companyId };
  return { keyId, userId, name, expiresAt, permissions: permissions ?? [], user };
}
