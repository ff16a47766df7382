import { expressionBuilder } from "kysely";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { getAuditLogs } from "../../src/audit/index.ts";
import type { Database } from "../../src/database/handle.ts";
import { listCompanies, listUsers, requireCompany, requireUser, updateUser } from "../../src/identity/index.ts";
import { getLightboxScanHistory, getXasmScanHistory } from "../../src/scans/index.ts";
import { acknowledgeSecurityEvent, getLoginAttempts, getSecurityEvents } from "../../src/security/index.ts";
import { makers, type World } from "../operation/makers.ts";
import { allOperations, namesRecord } from "../operation/operations.ts";
import { createTestCompany, createTestUser } from "../support/people/accounts.ts";
import { inCompany } from "../support/people/callers.ts";
import { type CompanyRows, fillCompany, makeTwoRoles, run, type TwoRoles } from "../support/row-security.ts";

// The first wall is down: every row is within anybody's reach.
vi.mock(import("../../src/access/within.ts"), async (importOriginal) => ({
  ...(await importOriginal()),
  within: () => expressionBuilder<Record<string, never>>().lit(true),
}));

let roles: TwoRoles;
let db: Database;
let off: Database;
let mine: CompanyRows;
let theirs: CompanyRows;

beforeAll(async () => {
  roles = await makeTwoRoles();
  db = await roles.openAsApp();
  off = await roles.openAsApp({ rowSecurity: "off" });
  mine = await fillCompany(roles.owner);
  theirs = await fillCompany(roles.owner);
  for (const name of ["xasm_scan_history", "lightbox_scan_history"]) {
    await run(roles.owner, `UPDATE ${name} SET timestamp = now()`);
  }
});
afterAll(async () => {
  await roles[Symbol.asyncDispose]();
});

const caller = () => inCompany(mine.get("companies")?.["id"] as number);
const longAgo = new Date(0);

test.each([
  { list: "users", call: (handle: Database) => listUsers(handle, {}, caller()) },
  { list: "companies", call: (handle: Database) => listCompanies(handle, {}, caller()) },
  { list: "security events", call: (handle: Database) => getSecurityEvents(handle, { since: longAgo }, caller()) },
  { list: "sign-in attempts", call: (handle: Database) => getLoginAttempts(handle, { since: longAgo }, caller()) },
  { list: "the audit log", call: (handle: Database) => getAuditLogs(handle, {}, caller()) },
  {
    list: "scans of the surface",
    call: (handle: Database) => getXasmScanHistory(handle, {}, caller()),
  },
  { list: "scans of code", call: (handle: Database) => getLightboxScanHistory(handle, {}, caller()) },
])("row security alone keeps $list of another company from a caller", async ({ call }) => {
  expect((await call(off)).items).toHaveLength(2);
  expect((await call(db)).items).toHaveLength(1);
});

test("row security alone keeps single records of another company from a caller", async () => {
  const notThere = { code: "NOT_FOUND" };
  const userId = theirs.get("users")?.["id"] as number;
  const companyId = theirs.get("companies")?.["id"] as number;
  const eventId = theirs.get("security_events")?.["id"] as number;
  await expect(requireUser(db, { id: userId }, caller())).rejects.toMatchObject(notThere);
  await expect(requireCompany(db, { id: companyId }, caller())).rejects.toMatchObject(notThere);
  await expect(updateUser(db, { id: userId, fullName: "Taken" }, caller())).rejects.toMatchObject(notThere);
  await expect(acknowledgeSecurityEvent(db, { id: eventId }, caller())).rejects.toMatchObject(notThere);
  expect(await requireUser(off, { id: userId }, caller())).toMatchObject({ id: userId });
});

describe("row security alone keeps from a caller of another company the record that is named to", () => {
  let world: World;
  let outsider: ReturnType<typeof inCompany>;
  beforeAll(async () => {
    const { id: companyId } = await createTestCompany(roles.owner, { max_seats: 10_000 });
    world = { companyId, ownerId: (await createTestUser(roles.owner, { company_id: companyId })).id };
    const { id: elsewhere } = await createTestCompany(roles.owner);
    outsider = inCompany(elsewhere, { userId: (await createTestUser(roles.owner, { company_id: elsewhere })).id });
  });

  test.each(allOperations.filter((one) => one.name in makers && namesRecord(one)))(
    "$name",
    async ({ name, operation }) => {
      const input = await makers[name]?.(roles.owner, world);
      await expect(operation(db, input as never, outsider)).rejects.toMatchObject({ code: "NOT_FOUND" });
    },
  );
});
