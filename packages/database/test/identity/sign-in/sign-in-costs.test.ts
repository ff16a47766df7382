import * as argon2 from "@node-rs/argon2";
import * as bcrypt from "@node-rs/bcrypt";
import { pbkdf2 } from "node:crypto";
import { beforeEach, expect, test, vi } from "vitest";
import { hashKindOf } from "../../../src/cryptography/index.ts";
import { fetchFirst, runQuery } from "../../../src/database/statement.ts";
import { countOlderHashes } from "../../../src/identity/sign-in/held-hash-kinds.ts";
import { signIn } from "../../../src/identity/sign-in/sign-in.ts";
import { alterTestUser, createTestUser, testPassword, uniqueWord } from "../../support/people/accounts.ts";
import { describeOnEachEngine } from "../../support/engines.ts";

// The real functions, observed.
vi.mock("@node-rs/argon2", { spy: true });
vi.mock("@node-rs/bcrypt", { spy: true });
vi.mock("node:crypto", { spy: true });

const cheap = { memoryCost: 64, timeCost: 1, parallelism: 1 };
const today = "$argon2id$v=19$m=19456,t=2,p=1";
const lighter = "$argon2id$v=19$m=64,t=1,p=1";
const malformed = "!";

describeOnEachEngine("attack: telling accounts by what a refused sign-in costs", (context) => {
  /** The hash functions that ran, with their costs, in the order of their names. */
  function takeWork(): string[] {
    const kinds = [argon2.verify, bcrypt.verify].flatMap((verify) =>
      vi.mocked(verify).mock.calls.map((words) => hashKindOf(String(words[verify === argon2.verify ? 0 : 1]))),
    );
    const derived = vi.mocked(pbkdf2).mock.calls.map((words) => `pbkdf2 ${words[2]}`);
    vi.clearAllMocks();
    return [...kinds.map(String), ...derived].toSorted();
  }
  async function costOf(email: string, password = "wrong"): Promise<string[]> {
    takeWork();
    const { status } = await signIn(context.db, { email, password, ipAddress: "192.0.2.7" });
    expect(status).toBe("wrong-credentials");
    return takeWork();
  }
  const user = async (hash?: string) => createTestUser(context.db, hash === undefined ? {} : { password_hash: hash });
  const nobody = () => `${uniqueWord()}@example.org`;
  const bcryptHash = () => bcrypt.hash(testPassword, { cost: 4 });
  const pbkdf2Hash = `pbkdf2$${"0".repeat(32)}$${"1".repeat(64)}`;

  beforeEach(async () => {
    await runQuery(context.db, context.db.sql.deleteFrom("users"));
    context.clock.advance({ minutes: 11 });
  });

  test("where every hash is of today it is one check of today's kind", async () => {
    const { email } = await user();
    expect(await costOf(email)).toEqual([today]);
    expect(await costOf(nobody())).toEqual([today]);
  });

  test("where there are older ones it is a check of each kind, for nobody, for them and for all others", async () => {
    const accounts = [
      await user(),
      await user(await bcryptHash()),
      await user(await bcryptHash()),
      await user(pbkdf2Hash),
      await user(await argon2.hash(testPassword, cheap)),
      await user(malformed),
    ];
    const all = ["$2b$04", lighter, today, "pbkdf2 100000"].toSorted();
    for (const email of [nobody(), ...accounts.map((account) => account.email)]) {
      expect(await costOf(email)).toEqual(all);
    }
    // Older hashes are compared with every form of a letter: for nobody as well.
    const composed = "caf\u00E9";
    const forms = await costOf(nobody(), composed);
    expect(forms).toHaveLength(6);
    for (const { email } of accounts) expect(await costOf(email, composed)).toEqual(forms);
  });

  test("the right password costs its own check, and the last old hash takes its cost with it", async () => {
    const { id, email } = await user(await bcryptHash());
    expect(await costOf(nobody())).toEqual(["$2b$04", today]);
    const result = await signIn(context.db, { email, password: testPassword, ipAddress: "192.0.2.7" });
    expect(result.status).toBe("signed-in");
    expect(takeWork()).toEqual(["$2b$04"]);
    const find = context.db.sql.selectFrom("users").select("password_hash").where("id", "=", id);
    expect(hashKindOf((await fetchFirst(context.db, find))?.passwordHash ?? "")).toBe(today);
    expect(await costOf(nobody())).toEqual([today]);
    expect(await costOf(email)).toEqual([today]);
  });

  test("the accounts with a hash that is not of today are counted until they sign in, or are deleted", async () => {
    const [old, gone] = [await user(await bcryptHash()), await user(pbkdf2Hash)];
    await user();
    await user(await argon2.hash(testPassword, cheap));
    await user(malformed);
    expect(await countOlderHashes(context.db)).toBe(4);
    await alterTestUser(context.db, gone.id, { deleted_at: context.clock.now() });
    await signIn(context.db, { email: old.email, password: testPassword, ipAddress: "192.0.2.7" });
    expect(await countOlderHashes(context.db)).toBe(2);
  });

  test("an account that was imported meanwhile is hidden from the first guess at it on", async () => {
    const { id, email } = await user();
    expect(await costOf(nobody())).toEqual([today]);
    await alterTestUser(context.db, id, { password_hash: await bcryptHash() });
    expect(await costOf(email)).toEqual(["$2b$04", today]);
    expect(await costOf(nobody())).toEqual(["$2b$04", today]);
  });

  test("deleted accounts cost nothing, and neither does an eighth old kind: no import makes a sign-in last for hours", async () => {
    const { id } = await user(await bcryptHash());
    await alterTestUser(context.db, id, { deleted_at: context.clock.now() });
    expect(await costOf(nobody())).toEqual([today]);
    const settings = Array.from({ length: 9 }, (_, index) => ({ ...cheap, memoryCost: 64 + index }));
    for (const setting of settings) await user(await argon2.hash(testPassword, setting));
    context.clock.advance({ minutes: 11 });
    expect(await costOf(nobody())).toHaveLength(8);
  });
});
