import { columnsOf } from "../database/columns.ts";
import type { RowOf } from "../schema/tables.ts";

const secretColumns = [
  "password_hash",
  "email_verification_token",
  "password_reset_token",
  "2fa_secret",
  "2fa_backup_codes",
  "two_factor_last_step",
] as const;

/** An account, without its password, tokens and secrets. */
export type User = Omit<
  RowOf<"users">,
  | "passwordHash"
  | "emailVerificationToken"
  | "passwordResetToken"
  | "twoFactorSecret"
  | "twoFactorBackupCodes"
  | "twoFactorLastStep"
>;

/** What may be read of an account. */
export const userColumns = columnsOf("users", secretColumns);
