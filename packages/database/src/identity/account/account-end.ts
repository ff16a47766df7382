import { ValidationError } from "../../errors/index.ts";
import type { UserRole } from "../../schema/core.ts";

/**
 * Holds the end of an account to its rules: it lies in the future, and a demonstration has one.
 * @throws {ValidationError} INVALID_INPUT for `expiresAt`
 */
export function requireAccountEnd(role: UserRole, expiresAt: Date | null, now: Date): void {
  if (expiresAt === null && role === "demo") refuse("is required for the role demo");
  if (expiresAt !== null && expiresAt <= now) refuse("must be in the future");
}

function refuse(message: string): never {
  throw new ValidationError([{ field: "expiresAt", message }]);
}
