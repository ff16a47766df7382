import { expect, test } from "vitest";
import { fetchFirst } from "../../../src/database/statement.ts";
import { transaction } from "../../../src/database/transaction.ts";
import {
  deleteUser,
  getUser,
  requestEmailVerification,
  suspendUser,
  verifyEmail,
} from "../../../src/identity/index.ts";
import { createTestUser } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { auditedActions } from "../../support/events.ts";

const pending = { status: "pending_verification", email_verified: false } as const;

describeOnEachEngine("Verifying an e-mail address", (context) => {
  test("makes the account that waited for it active, with an audit row", async () => {
    const { db, clock } = context;
    const { id } = await createTestUser(db, pending);
    const { token } = await requestEmailVerification(db, { userId: id });
    const user = await verifyEmail(db, { token, ipAddress: "192.0.2.7" });
    expect(user).toMatchObject({ id, status: "active", emailVerified: true, emailVerifiedAt: clock.now() });
    expect(await getUser(db, id)).toEqual(user);
    expect(await auditedActions(db, "users", id)).toEqual(["email_verified"]);
  });

  test("takes a token of 256 random bits, of which only a digest is stored", async () => {
    const { db } = context;
    const { id } = await createTestUser(db, pending);
    const { token } = await requestEmailVerification(db, { userId: id });
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const query = db.sql.selectFrom("users").select("email_verification_token").where("id", "=", id);
    const stored = (await fetchFirst(db, query))?.emailVerificationToken;
    expect(stored).toMatch(/^[0-9a-f]{64}$/);
    expect(await verifyEmail(db, { token: stored ?? "" })).toBeNull();
  });

  test("works until 24 hours have passed, and not then", async () => {
    const { db, clock } = context;
    const [early, late] = [await createTestUser(db, pending), await createTestUser(db, pending)];
    const first = await requestEmailVerification(db, { userId: early.id });
    const second = await requestEmailVerification(db, { userId: late.id });
    expect(first.expiresAt.getTime() - clock.now().getTime()).toBe(24 * 3_600_000);
    clock.advance({ hours: 24, milliseconds: -1 });
    expect(await verifyEmail(db, { token: first.token })).toMatchObject({ id: early.id });
    clock.advance({ milliseconds: 1 });
    expect(await verifyEmail(db, { token: second.token })).toBeNull();
    expect((await getUser(db, late.id))?.emailVerified).toBe(false);
  });

  test("works with the newest token only", async () => {
    const { db } = context;
    const { id } = await createTestUser(db, pending);
    const first = await requestEmailVerification(db, { userId: id });
    const second = await requestEmailVerification(db, { userId: id });
    expect(await verifyEmail(db, { token: first.token })).toBeNull();
    expect(await verifyEmail(db, { token: second.token })).toMatchObject({ id });
  });

  test("leaves a suspended account suspended, and a deleted one deleted", async () => {
    const { db } = context;
    const [suspended, deleted] = [await createTestUser(db, pending), await createTestUser(db, pending)];
    const first = await requestEmailVerification(db, { userId: suspended.id });
    const second = await requestEmailVerification(db, { userId: deleted.id });
    await suspendUser(db, { id: suspended.id });
    await deleteUser(db, { id: deleted.id });
    expect(await verifyEmail(db, { token: first.token })).toMatchObject({ status: "suspended", emailVerified: true });
    expect(await verifyEmail(db, { token: second.token })).toBeNull();
  });

  test("is not asked for when there is nothing to verify", async () => {
    const { db } = context;
    const { id } = await createTestUser(db);
    await expect(requestEmailVerification(db, { userId: id })).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(requestEmailVerification(db, { userId: 987_654 })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("attack: of ten uses of one token at once, by two handles, one succeeds", async () => {
    const { db } = context;
    const other = await context.openAnother();
    const { id } = await createTestUser(db, pending);
    const { token } = await requestEmailVerification(db, { userId: id });
    const uses = Array.from({ length: 10 }, (_, index) => verifyEmail(index % 2 === 0 ? db : other, { token }));
    expect((await Promise.all(uses)).filter((user) => user !== null)).toHaveLength(1);
    expect(await auditedActions(db, "users", id)).toEqual(["email_verified"]);
    expect(await verifyEmail(db, { token })).toBeNull();
  });

  test("leaves the token usable when the transaction fails", async () => {
    const { db } = context;
    const { id } = await createTestUser(db, pending);
    const { token } = await requestEmailVerification(db, { userId: id });
    const outcome = transaction(db, async (tx) => {
      expect(await verifyEmail(tx, { token })).not.toBeNull();
      throw new Error("undone");
    });
    await expect(outcome).rejects.toThrow("undone");
    expect(await auditedActions(db, "users", id)).toEqual([]);
    expect(await verifyEmail(db, { token })).toMatchObject({ id });
  });
});
