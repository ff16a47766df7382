import { expect, test } from "vitest";
import { after, day } from "../../../src/database/durations.ts";
import { createApiKey, validateApiKey } from "../../../src/identity/api-keys/index.ts";
import { demandTwoFactor, getCompany, waiveTwoFactor } from "../../../src/identity/companies/index.ts";
import { createSession, validateSession } from "../../../src/identity/sessions/index.ts";
import { signIn } from "../../../src/identity/sign-in/sign-in.ts";
import { moveUserToCompany } from "../../../src/identity/users/index.ts";
import type { Caller } from "../../../src/access/caller.ts";
import { getAuditLogs } from "../../../src/audit/index.ts";
import type { Handle } from "../../../src/database/handle.ts";
import type { UserRole } from "../../../src/schema/core.ts";
import { createTestCompany, createTestUser, testPassword } from "../../support/people/accounts.ts";
import { ofRole, on } from "../../support/people/callers.ts";
import { enableTwoFactor } from "../../support/people/codes.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { auditedActions } from "../../support/events.ts";

const ipAddress = "192.0.2.7";

describeOnEachEngine("A second factor that a company demands", (context) => {
  const inDays = (days: number) => after(context.clock.now(), days * day);
  const company = async () => (await createTestCompany(context.db)).id;
  const member = (companyId: number | null, values: { role?: UserRole; created_at?: Date; expires_at?: Date } = {}) =>
    createTestUser(context.db, { company_id: companyId, ...values });

  /** By when a session says that a second factor has to be there, on a database with its own settings. */
  async function dueOf({ id }: { id: number }, db: Handle = context.db): Promise<Date | null> {
    const { token } = await createSession(context.db, { userId: id, ipAddress });
    const session = await validateSession(db, token, { forEnrolment: true });
    expect(session?.userId).toBe(id);
    return session?.secondFactorDue ?? null;
  }

  /** Whether a session and a key of somebody open anything beside the set-up. */
  async function opens({ id }: { id: number }): Promise<[boolean, boolean]> {
    const { token } = await createSession(context.db, { userId: id, ipAddress });
    const { key } = await createApiKey(context.db, { userId: id, name: "Nightly" });
    return [(await validateSession(context.db, token)) !== null, (await validateApiKey(context.db, key)) !== null];
  }

  test("has to be there after the days of grace, and concerns that company alone", async () => {
    const [here, there] = [await company(), await company()];
    const [user, stranger, nobodys] = [await member(here), await member(there), await member(null)];
    const due = inDays(14);
    const demanding = await demandTwoFactor(context.db, { id: here, graceDays: 14 });
    const demand = {
      twoFactorDemandedAt: context.clock.now(),
      twoFactorGraceDays: 14,
      twoFactorDemandedBy: "super_admin",
    };
    expect(demanding).toMatchObject(demand);
    expect(await getCompany(context.db, here)).toEqual(demanding);
    expect(await Promise.all([user, stranger, nobodys].map((one) => dueOf(one)))).toEqual([due, null, null]);
    const { email } = user;
    const signedIn = await signIn(context.db, { email, password: testPassword, ipAddress });
    expect(signedIn).toMatchObject({ status: "signed-in", secondFactorDue: due });
    expect(await opens(user)).toEqual([true, true]);
    context.clock.advance({ days: 14 });
    expect(await opens(user)).toEqual([false, false]);
    expect(await opens(stranger)).toEqual([true, true]);
    await enableTwoFactor(context.db, context.clock, user.id);
    expect(await opens(user)).toEqual([true, true]);
  });

  test("is demanded of every role that can have one", async () => {
    const companyId = await company();
    await demandTwoFactor(context.db, { id: companyId, graceDays: 0 });
    const roles: UserRole[] = ["super_admin", "admin", "analyst", "user", "company_user"];
    for (const role of roles)
      expect([role, await opens(await member(companyId, { role }))]).toEqual([role, [false, false]]);
    const demo = await member(companyId, { role: "demo", expires_at: inDays(9) });
    expect(await dueOf(demo)).toBeNull();
  });

  test("gives new accounts, and who is moved there, their days from then on", async () => {
    const [companyId, former] = [await company(), await company()];
    const old = await member(former, { created_at: inDays(-400) });
    await demandTwoFactor(context.db, { id: companyId, graceDays: 7 });
    context.clock.advance({ days: 30 });
    expect(await dueOf(await member(companyId))).toEqual(inDays(7));
    const moved = await moveUserToCompany(context.db, { id: old.id, companyId });
    expect(moved.companySince).toEqual(context.clock.now());
    expect(await dueOf(old)).toEqual(inDays(7));
    expect(await moveUserToCompany(context.db, { id: old.id, companyId: null })).toMatchObject({ companySince: null });
    expect(await dueOf(old)).toBeNull();
  });

  test("counts its days from when it was demanded first, whatever their number is then", async () => {
    const companyId = await company();
    const user = await member(companyId);
    const [first, second] = [inDays(20), inDays(3)];
    await demandTwoFactor(context.db, { id: companyId, graceDays: 20 });
    context.clock.advance({ days: 1 });
    await demandTwoFactor(context.db, { id: companyId, graceDays: 20 });
    expect(await dueOf(user)).toEqual(first);
    await demandTwoFactor(context.db, { id: companyId, graceDays: 3 });
    expect(await dueOf(user)).toEqual(second);
    expect(await auditedActions(context.db, "companies", companyId)).toEqual(
      Array.from({ length: 2 }, () => "company_two_factor_demanded"),
    );
  });

  test("is no longer demanded when it is waived, which is told once", async () => {
    const companyId = await company();
    const admin = await member(companyId, { role: "admin" });
    await demandTwoFactor(context.db, { id: companyId }, on({ userId: admin.id }));
    for (let times = 0; times < 2; times += 1) {
      expect(await waiveTwoFactor(context.db, { id: companyId })).toMatchObject({
        twoFactorDemandedAt: null,
        twoFactorGraceDays: null,
        twoFactorDemandedBy: null,
      });
    }
    expect(await dueOf(admin)).toBeNull();
    const actions = await auditedActions(context.db, "companies", companyId);
    expect(actions).toEqual(["company_two_factor_demanded", "company_two_factor_waived"]);
  });

  test("attack: a company asks for more than the installation, and never for less", async () => {
    const twoFactorRoles: UserRole[] = ["analyst"];
    const installation = await context.openAnother({ accountPolicy: { twoFactorRoles, twoFactorGraceDays: 7 } });
    const companyId = await company();
    const [analyst, user] = [await member(companyId, { role: "analyst" }), await member(companyId)];
    const dues = async () => [await dueOf(analyst, installation), await dueOf(user, installation)];
    expect(await dues()).toEqual([inDays(7), null]);
    await demandTwoFactor(installation, { id: companyId, graceDays: 365 });
    expect(await dues()).toEqual([inDays(7), inDays(365)]);
    await demandTwoFactor(installation, { id: companyId, graceDays: 1 });
    expect(await dues()).toEqual([inDays(1), inDays(1)]);
    await waiveTwoFactor(installation, { id: companyId });
    expect(await dues()).toEqual([inDays(7), null]);
  });

  test("attack: is waived and lengthened by nobody lower than who demanded it, who is named", async () => {
    const id = await company();
    const [admin, superAdmin] = [ofRole("admin", id), ofRole("super_admin")];
    const named = {
      code: "PERMISSION_DENIED",
      message: expect.stringContaining("super_admin"),
      help: "Ask a super_admin.",
    };
    for (const caller of [superAdmin, undefined]) {
      await demandTwoFactor(context.db, { id, graceDays: 7 }, caller);
      const demanded = await getCompany(context.db, id);
      await expect(waiveTwoFactor(context.db, { id }, admin)).rejects.toMatchObject(named);
      await expect(demandTwoFactor(context.db, { id, graceDays: 8 }, admin)).rejects.toMatchObject(named);
      expect(await getCompany(context.db, id)).toEqual(demanded);
      expect(await waiveTwoFactor(context.db, { id }, superAdmin)).toMatchObject({ twoFactorDemandedAt: null });
    }
    // Whoever demands anew is the first to do so: what was waived is nobody's.
    await demandTwoFactor(context.db, { id, graceDays: 7 }, admin);
    expect(await demandTwoFactor(context.db, { id, graceDays: 30 }, admin)).toMatchObject({
      twoFactorGraceDays: 30,
      twoFactorDemandedBy: "admin",
    });
    expect(await waiveTwoFactor(context.db, { id }, admin)).toMatchObject({ twoFactorDemandedAt: null });
  });

  test("attack: stays a higher role's when a lower one shortens it, and becomes one when that demands the same", async () => {
    const id = await company();
    const [admin, superAdmin] = [ofRole("admin", id), ofRole("super_admin")];
    const demand = async (graceDays: number, caller: Caller) => {
      const demanding = await demandTwoFactor(context.db, { id, graceDays }, caller);
      return [demanding.twoFactorGraceDays, demanding.twoFactorDemandedBy];
    };
    expect(await demand(7, admin)).toEqual([7, "admin"]);
    expect(await demand(7, superAdmin)).toEqual([7, "super_admin"]);
    expect(await demand(7, admin)).toEqual([7, "super_admin"]);
    expect(await demand(3, admin)).toEqual([3, "super_admin"]);
    await expect(demand(7, admin)).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    await expect(waiveTwoFactor(context.db, { id }, admin)).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    expect(await demand(7, superAdmin)).toEqual([7, "super_admin"]);
    const told = (await getAuditLogs(context.db, { resourceType: "companies", resourceId: id })).items;
    expect(told.map(({ metadataJson }) => metadataJson)).toEqual([
      { graceDays: 7, former: 3, demandedBy: "super_admin" },
      { graceDays: 3, former: 7, demandedBy: "super_admin" },
      { graceDays: 7, former: 7, demandedBy: "super_admin" },
      { graceDays: 7, former: null, demandedBy: "admin" },
    ]);
  });

  test("attack: that names nobody, as an older NERVE writes it, counts as a super administrator's", async () => {
    const { id } = await createTestCompany(context.db, {
      two_factor_demanded_at: context.clock.now(),
      two_factor_grace_days: 7,
    });
    const admin = ofRole("admin", id);
    await expect(waiveTwoFactor(context.db, { id }, admin)).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    expect(await demandTwoFactor(context.db, { id, graceDays: 6 }, admin)).toMatchObject({
      twoFactorGraceDays: 6,
      twoFactorDemandedBy: "super_admin",
    });
  });

  test("attack: an administrator of a company neither demands nor waives it elsewhere", async () => {
    const [own, other] = [await company(), await company()];
    await demandTwoFactor(context.db, { id: own });
    const foreign = ofRole("admin", other);
    for (const operation of [demandTwoFactor, waiveTwoFactor]) {
      await expect(operation(context.db, { id: own }, foreign)).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
    expect(await getCompany(context.db, own)).toMatchObject({ twoFactorGraceDays: 7 });
    for (const graceDays of [-1, 366, 1.5]) {
      const refused = demandTwoFactor(context.db, { id: own, graceDays });
      await expect(refused).rejects.toMatchObject({ code: "INVALID_INPUT", field: "graceDays" });
    }
  });
});
