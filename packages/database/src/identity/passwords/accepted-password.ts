import type { z } from "zod";
import { checkPasswordPolicy, hashPassword } from "../../cryptography/index.ts";
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
 */
export async function hashAcceptedPassword({
  password,
  demands,
  contextWords,
  field = "password",
}: Choice): Promise<string> {
  const { minLength, isBreached } = demands;
  const issues = await checkPasswordPolicy(password, {
    field,
    ...(minLength === undefined ? {} : { minLength }),
    ...(isBreached === undefined ? {} : { isBreached }),
    contextWords: contextWords.filter((word) => word !== null && word !== undefined),
  });
  if (issues.length > 0) throw new ValidationError(issues);
  return hashPassword(password);
}
