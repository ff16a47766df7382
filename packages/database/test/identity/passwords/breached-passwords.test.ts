import { rm, writeFile } from "node:fs/promises";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import type { Handle } from "../../../src/database/handle.ts";
import { runQuery } from "../../../src/database/statement.ts";
import { transaction } from "../../../src/database/transaction.ts";
import { changePassword, requestPasswordReset, resetPassword } from "../../../src/identity/passwords/index.ts";
import { completePasswordChange } from "../../../src/identity/sign-in/complete-password-change.ts";
import { signIn } from "../../../src/identity/sign-in/sign-in.ts";
import { addUser, createFirstAdministrator, createUser } from "../../../src/identity/index.ts";
import { createTestUser, testPassword, uniqueWord } from "../../support/people/accounts.ts";
import { listed, writeList } from "../../support/breached-passwords.ts";
import { describeOnEachEngine } from "../../support/engines.ts";

const ipAddress = "192.0.2.7";
const breached = "violet harbour wakes early";
const good = "copper harbour sleeps late";

/** Every way to choose a password, and what the field is called there. */
const ways: [string, string, (db: Handle, password: string) => Promise<unknown>][] = [
  [
    "the first administrator",
    "password",
    async (db, password) => {
      await runQuery(db, db.sql.deleteFrom("audit_logs"));
      await runQuery(db, db.sql.deleteFrom("users"));
      return createFirstAdministrator(db, { email: "first@example.org", password, origin: { ipAddress } });
    },
  ],
  [
    "a new user",
    "password",
    (db, password) => createUser(db, { email: `${uniqueWord()}@example.org`, password, role: "user" }),
  ],
  [
    "an account for somebody else",
    "password",
    (db, password) => addUser(db, { email: `${uniqueWord()}@example.org`, password, role: "user" }),
  ],
  [
    "a change of one's own",
    "newPassword",
    async (db, newPassword) => {
      const { id } = await createTestUser(db);
      return changePassword(db, id, { currentPassword: testPassword, newPassword, ipAddress });
    },
  ],
  [
    "a reset",
    "newPassword",
    async (db, newPassword) => {
      const { email } = await createTestUser(db);
      const token = (await requestPasswordReset(db, { email, ipAddress }))?.token ?? "";
      return resetPassword(db, { token, newPassword, ipAddress });
    },
  ],
  [
    "the change that a sign-in asks for",
    "newPassword",
    async (db, newPassword) => {
      const { email } = await createTestUser(db, { must_change_password: true });
      const step = await signIn(db, { email, password: testPassword, ipAddress });
      const challenge = "challenge" in step ? step.challenge : "";
      return completePasswordChange(db, { challenge, newPassword, ipAddress });
    },
  ],
];

describeOnEachEngine("With a list of breached passwords", (context) => {
  let db: Handle;
  let path: string;
  beforeAll(async () => {
    const list = await writeList(listed([breached, "another one of them"]).join("\n"));
    path = list.path;
    db = await context.openAnother({ breachedPasswordsFile: path });
    return list.remove;
  });

  test.each(ways)("%s takes none of them, and others as before", async (_, field, choose) => {
    await expect(choose(db, breached)).rejects.toMatchObject({ code: "INVALID_INPUT", field });
    await expect(choose(db, good)).resolves.not.toBeNull();
    await expect(choose(context.db, breached)).resolves.not.toBeNull();
  });

  test("the rule holds within a transaction", async () => {
    const email = `${uniqueWord()}@example.org`;
    const made = transaction(db, (tx) => createUser(tx, { email, password: breached, role: "user" }));
    await expect(made).rejects.toMatchObject({ field: "password" });
  });

  test("that is gone no password is taken; signing in goes on", async () => {
    const { id, email } = await createTestUser(db);
    const text = listed([breached]).join("\n");
    await rm(path);
    onTestFinished(() => writeFile(path, text));
    const change = changePassword(db, id, { currentPassword: testPassword, newPassword: good, ipAddress });
    await expect(change).rejects.toMatchObject({ code: "FILE_UNUSABLE" });
    expect((await signIn(db, { email, password: testPassword, ipAddress })).status).toBe("signed-in");
    await expect(context.openAnother({ breachedPasswordsFile: path })).rejects.toMatchObject({ code: "FILE_UNUSABLE" });
  });
});
