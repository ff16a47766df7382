import type { z } from "zod";
import { type BreachedPasswords, checkPasswordPolicy, hashPassword } from "../../cryptography/index.ts";
import type { Handle } from "../../database/handle.ts";
import { ValidationError } from "../../errors/index.ts";
import type { passwordDemandsField } from "../account/user-fields.ts";

interface Choice {
  readonly password: string;
  readonly demands: z.output<typeof passwordDemandsField>;
  /** Names that are easy to guess for this user; null where there is none. */
  readonly contextWords: readonly (string | null | undefined)[];
  /** What the password is called in the input; `password` by default. */
  readonly field?: string;
}

/**
 * Hashes a password that somebody chose, if the policy accepts it. Slow on purpose: call it outside of transactions.
 * @throws {ValidationError} INVALID_INPUT for `field`
 * @throws {DatabaseError} FILE_UNUSABLE when the list of breached passwords cannot be read
 */
export async function hashAcceptedPassword(
  db: Handle,
  { password, demands, contextWords, field = "password" }: Choice,
): Promise<string> {
  const { minLength, isBreached } = demands;
  const lists = [db.breachedPasswords, isBreached].filter((list) => list !== undefined);
  const issues = await checkPasswordPolicy(password, {
    field,
    ...(minLength === undefined ? {} : { minLength }),
    isBreached: (plain) => isInAny(lists, plain),
    contextWords: contextWords.filter((word) => word !== null && word !== undefined),
  });
  if (issues.length > 0) throw new ValidationError(issues);
  return hashPassword(password);
}

async function isInAny(lists: readonly BreachedPasswords[], plain: string): Promise<boolean> {
  for (const isListed of lists) if (await isListed(plain)) return true;
  return false;
}
