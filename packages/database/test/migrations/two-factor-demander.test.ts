import { expect, test } from "vitest";
import { demandTwoFactor, getCompany, waiveTwoFactor } from "../../src/identity/companies/index.ts";
import { migrate } from "../../src/migrations/migrator.ts";
import { createTestCompany } from "../support/people/accounts.ts";
import { ofRole } from "../support/people/callers.ts";
import { describeOnEachEngine } from "../support/engines.ts";
import { rollBackBefore } from "../support/roll-back.ts";

describeOnEachEngine("attack: a demand for a second factor of before its maker was kept", (context) => {
  test("becomes a super administrator's, and a company without one has none", async () => {
    const { db } = context;
    const [{ id }, { id: other }] = [await createTestCompany(db), await createTestCompany(db)];
    const admin = ofRole("admin", id);
    await demandTwoFactor(db, { id }, admin);
    await rollBackBefore(db, "0020");
    await migrate(db);
    expect(await getCompany(db, id)).toMatchObject({ twoFactorGraceDays: 7, twoFactorDemandedBy: "super_admin" });
    expect(await getCompany(db, other)).toMatchObject({ twoFactorDemandedAt: null, twoFactorDemandedBy: null });
    await expect(waiveTwoFactor(db, { id }, admin)).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  });
});
