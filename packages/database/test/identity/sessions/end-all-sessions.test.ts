import { expect, test } from "vitest";
import type { Caller } from "../../../src/access/caller.ts";
import { createApiKey, validateApiKey } from "../../../src/identity/api-keys/index.ts";
import {
  createSession,
  endAllSessions,
  refreshSession,
  validateSession,
} from "../../../src/identity/sessions/index.ts";
import type { UserRole } from "../../../src/schema/core.ts";
import { createTestCompany, createTestUser } from "../../support/people/accounts.ts";
import { inCompany, on, onlyOwn } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { auditedActions, countEvents } from "../../support/events.ts";

describeOnEachEngine("Ending everybody's sessions", (context) => {
  async function signedIn(companyId: number | null, role: UserRole = "user") {
    const user = await createTestUser(context.db, { company_id: companyId, role });
    return { ...user, ...(await createSession(context.db, { userId: user.id, ipAddress: "192.0.2.7" })) };
  }
  const isLive = async ({ token }: { token: string }) => (await validateSession(context.db, token)) !== null;
  const company = async () => (await createTestCompany(context.db)).id;

  test("ends all but the caller's own, is told of in the audit log and an event, and leaves API keys", async () => {
    const root = await signedIn(null, "super_admin");
    const others = [await signedIn(await company()), await signedIn(await company(), "admin"), await signedIn(null)];
    const { key } = await createApiKey(context.db, { userId: root.id, name: "Nightly" });
    const { ended } = await endAllSessions(context.db, { exceptToken: root.token }, on({ userId: root.id }));
    expect(ended).toBe(3);
    expect(await Promise.all([root, ...others].map(isLive))).toEqual([true, false, false, false]);
    for (const { refreshToken } of others) {
      expect(await refreshSession(context.db, refreshToken, { ipAddress: "192.0.2.7" })).toBeNull();
    }
    expect(await countEvents(context.db, root.id, "all_sessions_ended")).toBe(1);
    expect(await validateApiKey(context.db, key)).not.toBeNull();
  });

  test("of a company ends those, whoever asks", async () => {
    const [companyId, other] = [await company(), await company()];
    const admin = await signedIn(companyId, "admin");
    const people = [await signedIn(companyId), await signedIn(companyId, "analyst")];
    const stranger = await signedIn(other);
    const chosen = { companyId, exceptToken: admin.token };
    expect(await endAllSessions(context.db, chosen, on({ userId: admin.id }))).toEqual({ ended: 2 });
    expect(await Promise.all([admin, ...people, stranger].map(isLive))).toEqual([true, false, false, true]);
    expect(await auditedActions(context.db, "companies", companyId)).toEqual(["all_sessions_ended"]);
  });

  test("attack: an administrator of a company ends nobody's else, and not those of a super administrator", async () => {
    const [companyId, other] = [await company(), await company()];
    const above = await signedIn(companyId, "super_admin");
    const colleague = await signedIn(companyId);
    const stranger = await signedIn(other);
    const admin: Caller = { ...inCompany(companyId, { userId: colleague.id }), role: "admin", proof: "fresh" };
    const foreign = endAllSessions(context.db, { companyId: other }, admin);
    await expect(foreign).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await endAllSessions(context.db, {}, admin)).toEqual({ ended: 1 });
    expect(await Promise.all([above, colleague, stranger].map(isLive))).toEqual([true, false, true]);
  });

  test("attack: whoever reaches their own records only ends no session but those", async () => {
    const companyId = await company();
    const [own, colleague] = [await signedIn(companyId), await signedIn(companyId)];
    expect(await endAllSessions(context.db, {}, onlyOwn(own.id))).toEqual({ ended: 1 });
    expect(await isLive(colleague)).toBe(true);
  });
});
