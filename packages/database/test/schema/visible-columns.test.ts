import { describe, expect, expectTypeOf, test } from "vitest";
import { columnsOf } from "../../src/database/columns.ts";
import type { User } from "../../src/identity/account/user.ts";
import type { RowOf, VisibleRowOf } from "../../src/schema/tables.ts";
import { tables } from "../../src/schema/tables.ts";

/** Written out once more, so that the rule and this test are not the same sentence. */
const hiddenColumns = [
  "users.password_hash",
  "users.email_verification_token",
  "users.2fa_secret",
  "users.2fa_backup_codes",
  "users.password_reset_token",
  "users.two_factor_last_step",
  "password_reset_links.token",
  "known_devices.token",
  "queued_mails.content",
  "sessions.token",
  "sessions.refresh_token",
  "sessions.refresh_family",
  "sessions.former_refresh_token",
  "sessions.refresh_salt",
  "password_history.password_hash",
  "api_keys.key_hash",
  "breach_file_results.password_hash",
  "breach_file_results.password_plain",
  "profiles.exposed_passwords",
  "github_findings.credential_value",
  "pastebin_findings.credential_password",
  "uploaded_credentials.password",
  "digest_keys.digest_key",
];

const allColumns = tables.flatMap(({ name, columnList }) => columnList.map((column) => `${name}.${column.name}`));

describe("what leaves the database", () => {
  test("is every column of every table but digests, hashes, secrets and harvested credentials", () => {
    const left = tables.flatMap(({ name }) => columnsOf(name).map((column) => `${name}.${column}`));
    expect(left).toEqual(allColumns.filter((column) => !hiddenColumns.includes(column)));
    expect(left).toHaveLength(allColumns.length - hiddenColumns.length);
  });

  test("is what the types of rows say", () => {
    type Hidden<Name extends (typeof tables)[number]["name"]> = Exclude<keyof RowOf<Name>, keyof VisibleRowOf<Name>>;
    expectTypeOf<Hidden<"sessions">>().toEqualTypeOf<
      "token" | "refreshToken" | "refreshFamily" | "formerRefreshToken" | "refreshSalt"
    >();
    expectTypeOf<Hidden<"profiles">>().toEqualTypeOf<"exposedPasswords">();
    expectTypeOf<Hidden<"companies">>().toEqualTypeOf<never>();
    expectTypeOf<Exclude<keyof RowOf<"users">, keyof User>>().toEqualTypeOf<
      | "passwordHash"
      | "emailVerificationToken"
      | "twoFactorSecret"
      | "twoFactorBackupCodes"
      | "passwordResetToken"
      | "twoFactorLastStep"
    >();
    expectTypeOf<User["lastLoginIp"]>().toEqualTypeOf<string | null>();
  });

  test("leaves out further columns where a list is told to", () => {
    expect(columnsOf("password_history", ["user_id"])).toEqual(["id", "created_at"]);
  });
});
