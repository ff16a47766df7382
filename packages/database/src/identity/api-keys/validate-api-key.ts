import { type Expression, expressionBuilder, type SqlBool } from "kysely";
import { z } from "zod";
import { digestToken, isApiKey } from "../../cryptography/index.ts";
import type { Handle } from "../../database/handle.ts";
import { shapedStatement, statement } from "../../database/statement.ts";
import type { UserRole } from "../../schema/core.ts";
import type { Schema } from "../../schema/tables.ts";
import { ipAddress, parseInput } from "../../validation/input.ts";
import { networkList } from "../../validation/network.ts";
import { ownerInGoodStanding } from "../account/good-standing.ts";
import { lacksSecondFactor } from "../account/second-factor-due.ts";
import { isLiveKey } from "./live-key.ts";

const useInput = z.strictObject({ ipAddress: ipAddress().optional() });

/** A valid API key and its user. */
export interface ValidApiKey {
  readonly keyId: number;
  readonly userId: number;
  readonly name: string;
  /** Null for a key that does not expire. */
  readonly expiresAt: Date | null;
  readonly permissions: readonly string[];
  /** The networks that it may be used from; none: from anywhere. */
  readonly networks: readonly string[];
  readonly user: {
    readonly id: number;
    readonly email: string;
    readonly role: UserRole;
    readonly companyId: number | null;
  };
}

/** What a check of an API key finds. */
export type ApiKeyCheck =
  | { readonly status: "valid"; readonly key: ValidApiKey }
  /** It would be good, but not from this address: answer as to a key that nobody knows. */
  | { readonly status: "elsewhere"; readonly keyId: number; readonly userId: number; readonly email: string }
  | { readonly status: "unknown" };

interface Use {
  digest: string;
  now: Date;
  ipAddress: string | undefined;
  /** Whether the address is known to be in the key's networks; else only keys without any are found. */
  isInNetworks?: true;
}

/** Whether a row is the key, and it may be used: not revoked nor expired, by somebody who may act. */
function isGoodKey({ digest, now }: Pick<Use, "digest" | "now">): Expression<SqlBool> {
  const key = expressionBuilder<Schema, "api_keys">();
  return key.and([key("key_hash", "=", digest), isLiveKey(now), ownerInGoodStanding("api_keys.user_id", now)]);
}

/** Checks and counts in one statement, so that no use goes uncounted. A use without an address keeps the last one. */
const useKey = shapedStatement(
  (sql, p: Use) => {
    const use = sql
      .updateTable("api_keys")
      .set((eb) => ({
        usage_count: eb("usage_count", "+", 1),
        last_used_at: p.now,
        last_used_ip: p.ipAddress ?? eb.ref("last_used_ip"),
      }))
      .where(isGoodKey(p));
    return (p.isInNetworks === undefined ? use.where("networks", "is", null) : use)
      .returning(["id", "user_id", "name", "permissions", "networks", "expires_at"])
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
      });
  },
  { owner_has_factor: "boolean", owner_created_at: "datetime" },
);

const findKey = statement((sql, p: Pick<Use, "digest" | "now">) =>
  sql
    .selectFrom("api_keys")
    .select(["id", "user_id", "networks"])
    .select((eb) => eb.selectFrom("users").select("email").whereRef("users.id", "=", "api_keys.user_id").as("email"))
    .where(isGoodKey(p)),
);

/**
 * Checks an API key as `validateApiKey` does, and tells a key that is good from another address apart from one that is not good at
 * all: for whoever records what is refused. The client must not learn which it was, and it takes the same time.
 *
 * @param db the database, or an open transaction
 * @param rawKey as the client sent it
 * @param options `ipAddress` of the request; without it a key that is bound to networks is not good
 * @returns `status`: `valid` with the `key`, `elsewhere` with whose it is, or `unknown`
 * @throws {ValidationError} INVALID_INPUT when `ipAddress` is no IP address
 * @throws {BusyError} BUSY, and connection errors: they never look like a key that does not exist
 * @example
 * const { status } = await checkApiKey(db, "nrv_unknown", { ipAddress: "192.0.2.7" });
 * status; // "unknown"
 */
export async function checkApiKey(
  db: Handle,
  rawKey: string,
  options: z.input<typeof useInput> = {},
): Promise<ApiKeyCheck> {
  const { ipAddress: address } = parseInput(useInput, options);
  if (!isApiKey(rawKey)) return { status: "unknown" };
  const use: Use = { digest: digestToken(rawKey), now: db.clock.now(), ipAddress: address };
  const anywhere = await useKey.first(db, use);
  if (anywhere !== null) return checkOwner(db, anywhere);
  // From here on a key that nobody knows costs what one from elsewhere does.
  const bound = await findKey.first(db, use);
  if (bound === null) return { status: "unknown" };
  const { id: keyId, userId, networks, email } = bound;
  const isInNetworks = networks === null || networkList(networks)(address ?? "");
  // The condition on the owner has matched, so there is one.
  if (!isInNetworks) return { status: "elsewhere", keyId, userId, email: email as string };
  const used = await useKey.first(db, { ...use, isInNetworks: true });
  return used === null ? { status: "unknown" } : checkOwner(db, used);
}

type UsedKey = NonNullable<Awaited<ReturnType<typeof useKey.first>>>;

function checkOwner(db: Handle, used: UsedKey): ApiKeyCheck {
  const { id: keyId, userId, name, permissions, networks, expiresAt, email, role, companyId } = used;
  const owner = { createdAt: used.ownerCreatedAt as Date, twoFactorEnabled: used.ownerHasFactor === true };
  if (lacksSecondFactor(db, { ...used, role: role as UserRole, ...owner })) return { status: "unknown" };
  const user = { id: userId, email: email as string, role: role as UserRole, companyId };
  const lists = { permissions: permissions ?? [], networks: networks ?? [] };
  return { status: "valid", key: { keyId, userId, name, expiresAt, ...lists, user } };
}

/**
 * Checks an API key, and counts its use: `usage_count` is exact however many requests come at once.
 *
 * @param db the database, or an open transaction
 * @param rawKey as the client sent it
 * @param options `ipAddress` of the request, kept as the key's last address; it has to be in the key's networks, where it has any
 * @returns the key and its user; null when it is unknown, expired, revoked or used from elsewhere, or its user may not act (locked,
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
  const check = await checkApiKey(db, rawKey, options);
  return check.status === "valid" ? check.key : null;
}
