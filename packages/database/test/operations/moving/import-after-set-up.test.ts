import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../../src/database/handle.ts";
import { fetchAll } from "../../../src/database/statement.ts";
import { openDatabase } from "../../../src/opening/open-database.ts";
import { createCompany } from "../../../src/identity/companies/index.ts";
import { validateSession } from "../../../src/identity/sessions/index.ts";
import { verifySecondFactor } from "../../../src/identity/sign-in/second-factor.ts";
import { signIn } from "../../../src/identity/sign-in/sign-in.ts";
import { createFirstAdministrator, createUser } from "../../../src/identity/users/index.ts";
import { checkSecrets } from "../../../src/operations/health/index.ts";
import { importLegacy } from "../../../src/operations/moving/index.ts";
import { testClock } from "../../support/clock.ts";
import { codeAt, enableTwoFactor } from "../../support/people/codes.ts";
import { migratedPlace, engineNames, testKeys, type TestPlace } from "../../support/engines.ts";

const file = fileURLToPath(new URL("../../fixtures/legacy/ghost_small.db", import.meta.url));
const password = "moon river dance seven";
const origin = { ipAddress: "192.0.2.7" };

describe.each(engineNames)("Importing after set-up on %s", (engine) => {
  let place: TestPlace;
  let db: Database;
  beforeAll(async () => {
    place = await migratedPlace(engine);
    db = await openDatabase(place.url, { keys: testKeys, synchronous: "normal" });
  });
  afterAll(async () => {
    await db.close();
    await place.remove();
  });

  const auditActions = async (userId: number) => {
    const query = db.sql.selectFrom("audit_logs").select("action").where("user_id", "=", userId).orderBy("id");
    return (await fetchAll(db, query)).map(({ action }) => action);
  };

  test("refuses an administrator with the address of a user of the file, and changes nothing", async () => {
    const alice = await createFirstAdministrator(db, { email: "Alice@acme.com", password, origin });
    await expect(importLegacy(db, { file })).rejects.toMatchObject({ code: "CONFLICT", field: "email" });
    expect(await auditActions(alice.id)).not.toEqual([]);
    expect(await fetchAll(db, db.sql.selectFrom("users").select(["id", "email"]))).toEqual([
      { id: alice.id, email: "alice@acme.com" },
    ]);
    await db.close();
    await place.remove();
    place = await migratedPlace(engine);
    db = await openDatabase(place.url, { keys: testKeys, synchronous: "normal" });
  });

  test("keeps the administrator's second factor, which is bound to the account, under its new id", async () => {
    const clock = testClock();
    await using other = await openDatabase("sqlite::memory:", { keys: testKeys, clock });
    const admin = await createFirstAdministrator(other, { email: "root@example.net", password, origin });
    const { secret } = await enableTwoFactor(other, clock, admin.id);
    await importLegacy(other, { file });
    expect(await verifySecondFactor(other, 8 + admin.id, codeAt(secret, clock.now()))).toBe(true);
    expect(await checkSecrets(other)).toMatchObject({ healthy: true, outdated: 0 });
  });

  test("keeps the administrator signed in, under an id after the imported ones", async () => {
    const admin = await createFirstAdministrator(db, { email: "root@example.net", password, origin });
    const outcome = await signIn(db, { email: "root@example.net", password, ipAddress: "192.0.2.7" });
    if (outcome.status !== "signed-in") throw new Error(outcome.status);
    const traces = await auditActions(admin.id);

    const summary = await importLegacy(db, { file });

    expect(summary.tables.every(({ checksumMatch }) => checksumMatch)).toBe(true);
    const session = await validateSession(db, outcome.session.token);
    expect(session?.user.email).toBe("root@example.net");
    expect(session?.userId).toBe(8 + admin.id);
    expect(await auditActions(8 + admin.id)).toEqual(traces);
    const imported = await fetchAll(db, db.sql.selectFrom("users").select("email").where("id", "=", 1));
    expect(imported).toEqual([{ email: "alice@acme.com" }]);
    const next = await createUser(db, { email: "next@example.net", password, role: "user" });
    expect(next.id).toBe(8 + admin.id + 1);
  });

  test("refuses a database in which more has happened", async () => {
    await createCompany(db, { name: "Example", primaryDomain: "example.net" });
    await expect(importLegacy(db, { file })).rejects.toMatchObject({ code: "CONFLICT", field: "companies" });
  });
});
