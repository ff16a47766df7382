import { expect, test } from "vitest";
import { createKeyRing } from "../../../src/cryptography/index.ts";
import { fetchAll, fetchFirst, runQuery } from "../../../src/database/statement.ts";
import { verifySecondFactor } from "../../../src/identity/index.ts";
import { getAuditLogs } from "../../../src/audit/index.ts";
import { checkSecrets, runHealthCheck } from "../../../src/operations/health/index.ts";
import { rotateKeys } from "../../../src/operations/keys/index.ts";
import { batchInsert } from "../../../src/records/index.ts";
import { alterTestUser, createTestUser } from "../../support/people/accounts.ts";
import { codeAt, enableTwoFactor } from "../../support/people/codes.ts";
import { describeOnEachEngine, testKeys } from "../../support/engines.ts";
import { newerKeys } from "../../support/newer-keys.ts";
import { killProcess } from "../../support/processes/run.ts";

const rows = 1100;

describeOnEachEngine("Rotating the keys", (context) => {
  const open = () => context.openAnother({ keys: newerKeys(testKeys) });
  const credentials = () =>
    fetchAll(context.db, context.db.sql.selectFrom("github_findings").select(["id", "credential_value"]).orderBy("id"));
  const finding = (credentialValue: string) => ({
    gistId: credentialValue,
    gistUrl: "https://example.org",
    credentialValue,
  });

  test("renews what an older release bound to no row, and what is in the clear, under the key that there is", async () => {
    const { db, clock } = context;
    const user = await createTestUser(db);
    const { secret } = await enableTwoFactor(db, clock, user.id);
    const ring = await db.secrets();
    const older = ring.encrypt(secret, { table: "users", column: "2fa_secret" });
    await alterTestUser(db, user.id, { "2fa_secret": older });
    expect(await verifySecondFactor(db, user.id, codeAt(secret, clock.now()))).toBe(true);
    await batchInsert(db, "github_findings", [finding("clear")]);
    await runQuery(db, db.sql.updateTable("github_findings").set({ credential_value: "clear" }));
    expect(await checkSecrets(db)).toMatchObject({ healthy: true, values: 2, outdated: 2 });
    const { alerts, healthy } = await runHealthCheck(db, { latencyMs: 1e6 });
    expect(healthy).toBe(true);
    expect(alerts).toContainEqual(expect.objectContaining({ level: "warning", code: "KEYS" }));

    const done = { currentKey: "test", values: 2, unreadable: 0, freeKeys: [], neededKeys: [] };
    expect(await rotateKeys(db)).toEqual({ ...done, rewritten: 2 });
    expect(await rotateKeys(db)).toEqual({ ...done, rewritten: 0 });
    expect(await checkSecrets(db)).toMatchObject({ healthy: true, outdated: 0 });
    clock.advance({ seconds: 30 });
    expect(await verifySecondFactor(db, user.id, codeAt(secret, clock.now()))).toBe(true);
    const [credential] = await credentials();
    const place = { table: "github_findings", column: "credential_value", row: credential?.id };
    expect(ring.decrypt(credential?.credentialValue ?? "", place)).toBe("clear");
    const { items } = await getAuditLogs(db, { action: "keys_rotated" });
    expect(items).toMatchObject([{ userId: null, metadataJson: { currentKey: "test", rewritten: 2 } }]);
  });

  test("goes on where it was killed, until no value needs the older key", async () => {
    const { db } = context;
    const records = Array.from({ length: rows }, (_, index) => finding(`password ${index}`));
    expect(await batchInsert(db, "github_findings", records)).toMatchObject({ failed: 0 });
    await killProcess("rotate.ts", { url: context.url });
    const newer = await open();
    const before = await checkSecrets(newer);
    expect(before).toMatchObject({ healthy: true, values: rows + 2 });
    expect(before.outdated).toBeGreaterThan(0);
    expect(before.outdated).toBeLessThan(rows + 2);
    const done = await rotateKeys(newer);
    expect(done).toEqual({
      currentKey: "newer",
      values: rows + 2,
      rewritten: before.outdated,
      unreadable: 0,
      freeKeys: ["test"],
      neededKeys: [],
    });
    // The older key is of no use any more.
    const ring = createKeyRing({ current: newerKeys(testKeys).current });
    const opened = (await credentials()).map(({ id: row, credentialValue }) =>
      ring.decrypt(credentialValue ?? "", { table: "github_findings", column: "credential_value", row }),
    );
    expect(opened).toEqual(["clear", ...records.map(({ credentialValue }) => credentialValue)]);
  });

  test("leaves alone what no key opens, and says that its key is still needed", async () => {
    const newer = await open();
    const user = await createTestUser(newer);
    const lost = createKeyRing({ current: { id: "lost", key: new Uint8Array(32).fill(3) } });
    const value = lost.encrypt("JBSWY3DPEHPK3PXP", { table: "users", column: "2fa_secret", row: user.id });
    await alterTestUser(newer, user.id, { "2fa_secret": value });
    expect(await rotateKeys(newer)).toMatchObject({ rewritten: 0, unreadable: 1, neededKeys: ["lost"] });
    const query = newer.sql.selectFrom("users").select("2fa_secret").where("id", "=", user.id);
    expect((await fetchFirst(newer, query))?.twoFactorSecret).toBe(value);
  });
});
