import { expect, test } from "vitest";
import { verifyPassword } from "../../../src/cryptography/index.ts";
import { fetchFirst } from "../../../src/database/statement.ts";
import { transaction } from "../../../src/database/transaction.ts";
import { ConflictError, NotFoundError } from "../../../src/errors/index.ts";
import {
  changeUserEmail,
  countUsers,
  createUser,
  deleteUser,
  findUserByEmail,
  getUser,
  listUsers,
  type NewUser,
  updateUser,
} from "../../../src/identity/index.ts";
import { users } from "../../../src/schema/core.ts";
import { isVisible } from "../../../src/schema/kit/index.ts";
import { createTestCompany, createTestUser, testPassword, uniqueWord } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { auditedActions } from "../../support/events.ts";

const newEmail = () => `${uniqueWord()}@example.org`;
const newUser = (fields: Partial<NewUser> = {}): NewUser => ({
  email: newEmail(),
  password: testPassword,
  role: "user",
  ...fields,
});

describeOnEachEngine("A user", (context) => {
  test("is made with its defaults, a hashed password and an audit row", async () => {
    const { db, clock } = context;
    const actor = { userId: (await createTestUser(db)).id, ipAddress: "192.0.2.7" };
    const user = await createUser(db, newUser({ fullName: "Ada Example", actor }));
    expect(user).toMatchObject({
      role: "user",
      status: "active",
      fullName: "Ada Example",
      emailVerified: false,
      emailVerifiedAt: null,
      twoFactorEnabled: false,
      companyId: null,
      expiresAt: null,
      failedLoginAttempts: 0,
      lastPasswordChange: clock.now(),
      mustChangePassword: false,
      timezone: "UTC",
      language: "en",
      theme: "dark",
      emailNotifications: true,
      createdAt: clock.now(),
      deletedAt: null,
      isActive: true,
    });
    expect(await getUser(db, user.id)).toEqual(user);
    const stored = db.sql.selectFrom("users").select("password_hash").where("id", "=", user.id);
    const { passwordHash } = (await fetchFirst(db, stored)) ?? { passwordHash: "" };
    expect(await verifyPassword(testPassword, passwordHash)).toBe(true);
    expect(await auditedActions(db, "users", user.id)).toEqual(["user_created"]);
  });

  test("comes without any secret, digest or hash, from every function", async () => {
    const { db } = context;
    const user = await createUser(db, newUser());
    const secrets = users.columnList.filter((column) => !isVisible(column)).map(({ property }) => property);
    expect(secrets).toHaveLength(6);
    const listed = (await listUsers(db, { search: user.email })).items[0];
    for (const seen of [user, await getUser(db, user.id), await findUserByEmail(db, user.email), listed]) {
      for (const secret of secrets) expect(seen).not.toHaveProperty(secret);
    }
    const visible = users.columnList.map(({ property }) => property).filter((name) => !secrets.includes(name));
    expect(Object.keys(user).toSorted()).toEqual(visible.toSorted());
  });

  test.each([
    ["ADA.%s@EXAMPLE.ORG", "ada.%s@example.org"],
    ["JÜRGEN.%s@Bücher.example", "jürgen.%s@bücher.example"],
    ["e\u0301lodie.%s@example.org", "\u00C9lodie.%s@example.org"],
  ])("has an e-mail address that nobody else has, whatever its case: %s", async (first, second) => {
    const { db } = context;
    const word = uniqueWord();
    const user = await createUser(db, newUser({ email: first.replace("%s", word) }));
    const outcome = createUser(db, newUser({ email: second.replace("%s", word) }));
    await expect(outcome).rejects.toBeInstanceOf(ConflictError);
    await expect(outcome).rejects.toMatchObject({ code: "CONFLICT", field: "email" });
    expect(await findUserByEmail(db, second.replace("%s", word))).toEqual(user);
    await deleteUser(db, { id: user.id });
    await expect(createUser(db, newUser({ email: first.replace("%s", word) }))).rejects.toBeInstanceOf(ConflictError);
  });

  test("attack: of two with one address at once, by two handles, exactly one is made", async () => {
    const { db } = context;
    const other = await context.openAnother();
    const email = newEmail();
    const outcomes = await Promise.allSettled([
      createUser(db, newUser({ email })),
      createUser(other, newUser({ email: email.toUpperCase() })),
    ]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });

  test("has a username that nobody else has", async () => {
    const { db } = context;
    const username = uniqueWord();
    await createUser(db, newUser({ username }));
    const outcome = createUser(db, newUser({ username }));
    await expect(outcome).rejects.toMatchObject({ code: "CONFLICT", field: "username" });
  });

  test.each([
    ["short", { password: "short" }],
    ["common", { password: "passwordpassword" }],
    ["made of the company's name", { password: "Umbrella Umbrella 1" }],
    ["too long to be looked at", { password: "x".repeat(100_000) }],
    ["known from a breach", { passwordDemands: { isBreached: () => Promise.resolve(true) } }],
    ["shorter than the installation demands", { passwordDemands: { minLength: 40 } }],
  ])("is refused a password that is %s", async (_, fields) => {
    const { db } = context;
    const { id } = await createTestCompany(db, { name: "Umbrella" });
    const email = newEmail();
    const outcome = createUser(db, newUser({ email, companyId: id, ...fields }));
    await expect(outcome).rejects.toMatchObject({ code: "INVALID_INPUT", field: "password" });
    expect(await findUserByEmail(db, email)).toBeNull();
  });

  test("of the role demo has an end, in the future", async () => {
    const { db, clock } = context;
    const missing = createUser(db, newUser({ role: "demo" }));
    await expect(missing).rejects.toMatchObject({ field: "expiresAt" });
    const past = createUser(db, newUser({ role: "demo", expiresAt: clock.now() }));
    await expect(past).rejects.toMatchObject({ field: "expiresAt" });
    const expiresAt = new Date(clock.now().getTime() + 1);
    expect((await createUser(db, newUser({ role: "demo", expiresAt }))).expiresAt).toEqual(expiresAt);
    const contractor = createUser(db, newUser({ expiresAt: new Date(0) }));
    await expect(contractor).rejects.toMatchObject({ field: "expiresAt" });
  });

  test("is changed in the profile fields that are given and no other; false and null are values", async () => {
    const { db, clock } = context;
    const user = await createUser(db, newUser({ fullName: "Before", phoneNumber: "+49 30 0000000" }));
    clock.advance({ minutes: 1 });
    const changes = { fullName: "After", phoneNumber: null, emailNotifications: false, marketingEmails: true };
    const updated = await updateUser(db, { id: user.id, ...changes });
    expect(updated).toEqual({ ...user, ...changes, updatedAt: clock.now() });
    clock.advance({ minutes: 1 });
    expect(await updateUser(db, { id: user.id, ...changes })).toEqual(updated);
    expect(await auditedActions(db, "users", user.id)).toEqual(["user_created", "user_updated"]);
    const cleared = { fullName: null, timezone: null, language: null, theme: null };
    expect(await updateUser(db, { id: user.id, ...cleared })).toMatchObject(cleared);
  });

  test("is invisible and unchangeable once deleted, unless asked for", async () => {
    const { db } = context;
    const { id, email } = await createTestUser(db);
    const before = await countUsers(db);
    const deleted = await deleteUser(db, { id });
    expect(await countUsers(db)).toBe(before - 1);
    expect(await getUser(db, id)).toBeNull();
    expect(await findUserByEmail(db, email)).toBeNull();
    expect((await listUsers(db, { search: email })).items).toEqual([]);
    expect((await listUsers(db, { search: email, includeDeleted: true })).items).toEqual([deleted]);
    await expect(updateUser(db, { id, theme: "light" })).rejects.toBeInstanceOf(NotFoundError);
    await expect(changeUserEmail(db, { id, email: newEmail() })).rejects.toBeInstanceOf(NotFoundError);
  });

  test("is listed newest first by company, role and status, and found by address, name and username", async () => {
    const { db } = context;
    const company = await createTestCompany(db);
    const mark = uniqueWord();
    const named = await createTestUser(db, { company_id: company.id, full_name: `${mark.toUpperCase()} 50%_x` });
    const analyst = await createTestUser(db, { company_id: company.id, role: "analyst", username: `${mark}-u` });
    const suspended = await createTestUser(db, { company_id: company.id, status: "suspended" });
    const ids = async (query: Parameters<typeof listUsers>[1]) =>
      (await listUsers(db, { companyId: company.id, ...query })).items.map(({ id }) => id);
    expect(await ids({})).toEqual([suspended.id, analyst.id, named.id]);
    expect(await ids({ role: "analyst" })).toEqual([analyst.id]);
    expect(await ids({ status: "suspended" })).toEqual([suspended.id]);
    expect(await ids({ search: mark })).toEqual([analyst.id, named.id]);
    expect(await ids({ search: suspended.email.toUpperCase() })).toEqual([suspended.id]);
    expect(await ids({ search: "50%_X" })).toEqual([named.id]);
    expect(await ids({ search: "%" })).toEqual([named.id]);
    expect(await ids({ search: "_x" })).toEqual([named.id]);
    const first = await listUsers(db, { companyId: company.id, limit: 2 });
    expect(await ids({ limit: 2, cursor: first.nextCursor ?? "" })).toEqual([named.id]);
  });

  test("leaves neither itself nor an audit row behind when the transaction fails", async () => {
    const { db } = context;
    let made = 0;
    const outcome = transaction(db, async (tx) => {
      made = (await createUser(tx, newUser())).id;
      await updateUser(tx, { id: made, theme: "light" });
      throw new Error("undone");
    });
    await expect(outcome).rejects.toThrow("undone");
    expect(made).toBeGreaterThan(0);
    expect(await getUser(db, made)).toBeNull();
    expect(await auditedActions(db, "users", made)).toEqual([]);
  });

  test("is not made when who made it does not exist", async () => {
    const { db } = context;
    const email = newEmail();
    const outcome = createUser(db, newUser({ email, actor: { userId: 987_654 } }));
    await expect(outcome).rejects.toMatchObject({ code: "REFERENCE_VIOLATION" });
    expect(await findUserByEmail(db, email)).toBeNull();
  });
});
