import { DatabaseError, PermissionError } from "../errors/index.ts";
import type { Caller } from "./caller.ts";

/**
 * Makes sure that whoever gives rights has just proved who they are. The one guard of every change that gives rights: an API
 * key proves nothing about who uses it now, and a session may have been stolen since its sign-in.
 *
 * @throws {PermissionError} PERMISSION_DENIED for an API key
 * @throws {DatabaseError} FRESH_SIGN_IN_NEEDED for a session whose sign-in is older than ten minutes
 * @see OWASP ASVS 5.0, 7.5.1
 */
export function requireProof({ proof }: Caller): void {
  if (proof === "key") throw new PermissionError({ message: "An API key gives nobody rights." });
  if (proof === "session") throw new DatabaseError("FRESH_SIGN_IN_NEEDED");
}
