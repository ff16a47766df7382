import { randomBytes } from "node:crypto";
import {
  createApiKey,
  findUserByEmail,
  getAuditLogs,
  listUserApiKeys,
  openDatabase,
  resetPassword,
  signIn,
  validateApiKey,
} from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestUser } from "../../database/test/support/people/accounts.ts";
import { insertTestKeys } from "../../database/test/support/people/api-keys.ts";
import { testClock } from "../../database/test/support/clock.ts";
import { enableTwoFactor } from "../../database/test/support/people/codes.ts";
import { migratedPlace, engineNames, type TestPlace } from "../../database/test/support/engines.ts";
import { type CallOptions, nerve } from "./support/nerve.ts";

const password = "moon river dance seven";
const other = "quiet harbour lantern nine";
const email = "ada@example.org";
const keys = { current: { id: "test", key: randomBytes(32) } };
const ipAddress = "192.0.2.7";

describe.each(engineNames)("nerve user, on %s, for who cannot get in,", (engine) => {
  let place: TestPlace;
  beforeAll(async () => {
    place = await migratedPlace(engine);
    await run("init");
    await run(`user create --email ${email} --role super_admin --password-stdin`, { input: password });
  });
  afterAll(() => place.remove());

  const run = (words: string, options: CallOptions = {}) =>
    nerve([...words.split(" "), "--database", place.url], options);

  async function useDatabase<T>(work: (db: Awaited<ReturnType<typeof openDatabase>>) => Promise<T>): Promise<T> {
    const db = await openDatabase(place.url, { keys });
    try {
      return await work(db);
    } finally {
      await db.close();
    }
  }

  const statusWith = (tried: string) =>
    useDatabase(async (db) => (await signIn(db, { email, password: tried, ipAddress })).status);

  test("create --invite prints a link that opens the account", async () => {
    const { code, stdout } = await run("user create --email grace@example.org --role analyst --invite", {
      environment: { NERVE_PUBLIC_URL: "https://nerve.example.org" },
    });
    expect(code).toBe(0);
    const token = /https:\/\/nerve\.example\.org\/reset-password#token=(\S+)/.exec(stdout)?.[1] ?? "";
    await useDatabase(async (db) => {
      expect(await resetPassword(db, { token, newPassword: other, ipAddress })).not.toBeNull();
      const entered = await signIn(db, { email: "grace@example.org", password: other, ipAddress });
      expect(entered.status).toBe("signed-in");
    });
  });

  test("key create says that a user may hold 50 keys, and what to do, and does it once one is revoked", async () => {
    const holder = await useDatabase(async (db) => {
      const user = await createTestUser(db);
      await insertTestKeys(db, user.id, 50);
      return { email: user.email, keyId: (await listUserApiKeys(db, user.id, { limit: 1 })).items[0]?.id };
    });
    const create = `key create --user ${holder.email} --name Nightly`;
    const { code, stderr } = await run(create);
    expect(code).toBe(3);
    expect(stderr).toContain("A user may hold 50 API keys: revoke one");
    expect(stderr).toContain("`nerve key revoke`");
    expect((await run(`key revoke ${holder.keyId}`)).code).toBe(0);
    expect((await run(create)).code).toBe(0);
  });

  test("create says that it needs a password or an invitation", async () => {
    const bare = await run("user create --email b@example.org --role user");
    expect(bare).toMatchObject({ code: 2, stderr: expect.stringContaining("--invite") });
    const both = await run("user create --email b@example.org --role user --invite --password-stdin");
    expect(both).toMatchObject({ code: 2 });
  });

  test("reset-password prints a link; the password works until it is used", async () => {
    const { stdout } = await run(`user reset-password ${email} --json`);
    const { link } = JSON.parse(stdout) as { link: string };
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:8000\/reset-password#token=/);
    expect(await statusWith(password)).not.toBe("wrong-credentials");
    const token = link.slice(link.indexOf("=") + 1);
    await useDatabase((db) => resetPassword(db, { token, newPassword: other, ipAddress }));
    expect(await statusWith(other)).toBe("signed-in");
  });

  test("reset-password --password-stdin sets one that is to be changed, and ends keys", async () => {
    const key = await useDatabase(async (db) => (await createApiKey(db, { userId: 1, name: "Nightly" })).key);
    const weak = await run(`user reset-password ${email} --password-stdin`, { input: "password" });
    expect(weak).toMatchObject({ code: 2, stderr: expect.stringContaining("The password") });
    expect(await run(`user reset-password ${email} --password-stdin`, { input: password })).toMatchObject({ code: 0 });
    expect(await statusWith(other)).toBe("wrong-credentials");
    expect(await statusWith(password)).toBe("password-change-needed");
    expect(await useDatabase((db) => validateApiKey(db, key))).toBeNull();
  });

  test("reset-two-factor takes the factor of the only administrator, whose phone is lost", async () => {
    await useDatabase((db) => enableTwoFactor(db, testClock(new Date()), 1));
    expect(await statusWith(password)).toBe("second-factor-needed");
    expect(await run(`user reset-two-factor ${email}`)).toMatchObject({ code: 0 });
    expect(await statusWith(password)).toBe("password-change-needed");
  });

  test("set-role gives a role, but not the last administrator another one", async () => {
    expect(await run("user set-role grace@example.org user")).toMatchObject({
      code: 0,
      stdout: "grace@example.org is user now.\n",
    });
    expect(await run(`user set-role ${email} user`)).toMatchObject({ code: 3 });
    expect(await run("user set-role grace@example.org emperor")).toMatchObject({ code: 2 });
  });

  test("set-email gives another address at once", async () => {
    expect(await run("user set-email grace@example.org Hopper@example.org")).toMatchObject({
      code: 0,
      stdout: "hopper@example.org is the address of the account now.\n",
    });
    const user = await useDatabase((db) => findUserByEmail(db, "hopper@example.org"));
    expect(user).toMatchObject({ emailVerified: true, pendingEmail: null });
    expect(await run("user set-email hopper@example.org no-address")).toMatchObject({ code: 2 });
  });

  test("the audit log has what the command line did", async () => {
    const { items } = await useDatabase((db) => getAuditLogs(db));
    const done = items.filter(({ userAgent }) => userAgent === "nerve command line").map(({ action }) => action);
    for (const action of ["password_link_shown", "user_password_set", "user_two_factor_reset", "user_role_changed"]) {
      expect(done).toContain(action);
    }
  });
});
