import { expect, test } from "vitest";
import { protectBackupCode } from "../../../src/cryptography/index.ts";
import { fetchFirst } from "../../../src/database/statement.ts";
import { json } from "../../../src/schema/kit/parameters.ts";
import { createSession, validateSession } from "../../../src/identity/sessions/index.ts";
import {
  confirmTwoFactor,
  disableTwoFactor,
  enrolTwoFactor,
  regenerateBackupCodes,
  verifySecondFactor,
} from "../../../src/identity/sign-in/two-factor.ts";
import { alterTestUser, createTestUser } from "../../support/people/accounts.ts";
import { codeAt, enableTwoFactor } from "../../support/people/codes.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { auditedActions, countEvents } from "../../support/events.ts";

describeOnEachEngine("Two-factor sign-in", (context) => {
  const now = () => context.clock.now();
  async function enabledUser() {
    const user = await createTestUser(context.db);
    return { user, ...(await enableTwoFactor(context.db, context.clock, user.id)) };
  }
  const readUser = (id: number) =>
    fetchFirst(
      context.db,
      context.db.sql.selectFrom("users").select(["2fa_enabled", "2fa_secret", "2fa_backup_codes"]).where("id", "=", id),
    );

  test("begins with a secret that is stored encrypted, and is on once a code of it was shown", async () => {
    const user = await createTestUser(context.db);
    const { secret, uri } = await enrolTwoFactor(context.db, user.id);
    expect(uri).toContain(`secret=${secret}`);
    const pending = await readUser(user.id);
    expect(pending?.twoFactorEnabled).toBe(false);
    expect(pending?.twoFactorSecret).toMatch(/^enc2\./);
    expect(await verifySecondFactor(context.db, user.id, codeAt(secret, now()))).toBe(false);

    const { backupCodes } = await confirmTwoFactor(context.db, user.id, { code: codeAt(secret, now()) });
    expect(new Set(backupCodes).size).toBe(10);
    const stored = await readUser(user.id);
    expect(stored?.twoFactorEnabled).toBe(true);
    for (const code of backupCodes) expect(JSON.stringify(stored)).not.toContain(code.replaceAll("-", ""));
    expect(await countEvents(context.db, user.id, "2fa_enabled")).toBe(1);
    expect(await auditedActions(context.db, "users", user.id)).toContain("2fa_enabled");
  });

  test("is not switched on by a wrong code, without a beginning, or twice", async () => {
    const user = await createTestUser(context.db);
    const unbegun = confirmTwoFactor(context.db, user.id, { code: "123456" });
    await expect(unbegun).rejects.toMatchObject({ code: "CONFLICT" });
    const { secret } = await enrolTwoFactor(context.db, user.id);
    const wrong = confirmTwoFactor(context.db, user.id, { code: codeAt(secret, new Date(0)) });
    await expect(wrong).rejects.toMatchObject({ code: "INVALID_INPUT", field: "code" });
    const code = codeAt(secret, now());
    const both = await Promise.allSettled([1, 2].map(() => confirmTwoFactor(context.db, user.id, { code })));
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    await expect(enrolTwoFactor(context.db, user.id)).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(enrolTwoFactor(context.db, 987_654)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("attack: the secret of one user, copied to another in the database, lets nobody in there", async () => {
    const { user, secret } = await enabledUser();
    const { user: victim } = await enabledUser();
    const stolen = (await readUser(user.id))?.twoFactorSecret ?? "";
    await alterTestUser(context.db, victim.id, { "2fa_secret": stolen });
    const attempt = verifySecondFactor(context.db, victim.id, codeAt(secret, now()));
    await expect(attempt).rejects.toMatchObject({ code: "SECRET_UNREADABLE" });
    expect(await verifySecondFactor(context.db, user.id, codeAt(secret, now()))).toBe(true);
  });

  test("attack: the code that switched it on, and any code used before, is refused as a replay", async () => {
    const user = await createTestUser(context.db);
    const { secret } = await enrolTwoFactor(context.db, user.id);
    const code = codeAt(secret, now());
    await confirmTwoFactor(context.db, user.id, { code });
    expect(await verifySecondFactor(context.db, user.id, code)).toBe(false);
    context.clock.advance({ seconds: 30 });
    const next = codeAt(secret, now());
    expect(await verifySecondFactor(context.db, user.id, next)).toBe(true);
    expect(await verifySecondFactor(context.db, user.id, next)).toBe(false);
  });

  test("attack: of many requests at once with one code, of either kind, exactly one gets in", async () => {
    const { user, secret, backupCodes } = await enabledUser();
    for (const code of [codeAt(secret, now()), backupCodes[3] ?? ""]) {
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, () => verifySecondFactor(context.db, user.id, code)),
      );
      expect(outcomes.filter(Boolean)).toHaveLength(1);
    }
    expect((await readUser(user.id))?.twoFactorBackupCodes).toHaveLength(9);
  });

  test("takes every backup code once, as typed by people", async () => {
    const { user, backupCodes } = await enabledUser();
    const [first = "", second = ""] = backupCodes;
    expect(await verifySecondFactor(context.db, user.id, first.toLowerCase().replaceAll("-", " "))).toBe(true);
    expect(await verifySecondFactor(context.db, user.id, first)).toBe(false);
    expect(await verifySecondFactor(context.db, user.id, second)).toBe(true);
  });

  test("takes the short backup codes of an older system, once each", async () => {
    const { user } = await enabledUser();
    const codes = [await protectBackupCode("482913"), await protectBackupCode("a1b2c3d4")];
    await alterTestUser(context.db, user.id, { "2fa_backup_codes": json(codes) });
    expect(await verifySecondFactor(context.db, user.id, "482913")).toBe(true);
    expect(await verifySecondFactor(context.db, user.id, "482913")).toBe(false);
    expect(await verifySecondFactor(context.db, user.id, "A1B2C3D4")).toBe(true);
  });

  test("gives new backup codes, with which the old ones end", async () => {
    const { user, backupCodes } = await enabledUser();
    const renewed = await regenerateBackupCodes(context.db, user.id);
    expect(await verifySecondFactor(context.db, user.id, backupCodes[0] ?? "")).toBe(false);
    expect(await verifySecondFactor(context.db, user.id, renewed.backupCodes[0] ?? "")).toBe(true);
    const other = await createTestUser(context.db);
    await expect(regenerateBackupCodes(context.db, other.id)).rejects.toMatchObject({ code: "CONFLICT" });
  });

  test("ends other sessions when it is switched on or off, and forgets all when it is off", async () => {
    const { user, secret, backupCodes } = await enabledUser();
    const mine = await createSession(context.db, { userId: user.id, ipAddress: "192.0.2.7" });
    const other = await createSession(context.db, { userId: user.id, ipAddress: "192.0.2.8" });
    expect(await disableTwoFactor(context.db, user.id, { exceptToken: mine.token })).toBe(true);
    expect(await disableTwoFactor(context.db, user.id)).toBe(false);
    expect(await validateSession(context.db, mine.token)).not.toBeNull();
    expect(await validateSession(context.db, other.token)).toBeNull();
    expect(await readUser(user.id)).toEqual({
      twoFactorEnabled: false,
      twoFactorSecret: null,
      twoFactorBackupCodes: null,
    });
    expect(await verifySecondFactor(context.db, user.id, codeAt(secret, now()))).toBe(false);
    expect(await verifySecondFactor(context.db, user.id, backupCodes[0] ?? "")).toBe(false);
    expect(await countEvents(context.db, user.id, "2fa_disabled")).toBe(1);
  });

  test("reports a secret that the keys at hand cannot read, instead of calling the code wrong", async () => {
    const { user, secret } = await enabledUser();
    const other = await context.openAnother({ keys: { current: { id: "other", key: new Uint8Array(32).fill(9) } } });
    const outcome = verifySecondFactor(other, user.id, codeAt(secret, now()));
    await expect(outcome).rejects.toMatchObject({ code: "SECRET_UNREADABLE" });
  });
});
