import { hashKindOf, verifyAgainstNobody, verifyPassword } from "../../cryptography/index.ts";
import type { Handle } from "../../database/handle.ts";
import { findHashKinds } from "./held-hash-kinds.ts";

/**
 * Checks the password that somebody signs in with. Whoever is refused has waited for one check of each kind of hash that any
 * account has, whether or not the address has an account and whatever its own kind is: neither shows in the time.
 *
 * @param account null when there is none
 */
export async function checkPassword(
  db: Handle,
  plain: string,
  account: { readonly passwordHash: string } | null,
): Promise<boolean> {
  if (account !== null && (await verifyPassword(plain, account.passwordHash))) return true;
  const own = account === null ? null : hashKindOf(account.passwordHash);
  for (const kind of await findHashKinds(db, own)) {
    if (kind !== own) await verifyAgainstNobody(plain, kind);
  }
  return false;
}
