import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createSession,
  type Database,
  getAuditLogs,
  getUser,
  type JsonValue,
  lockUserAccount,
  openDatabase,
  signIn,
  tables,
} from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listed, writeList } from "../../database/test/support/breached-passwords.ts";
import { emptyPlace, engineNames, type TestPlace } from "../../database/test/support/engines.ts";
import { type CallOptions, nerveOn } from "./support/nerve.ts";

/** A value that is a word or a number, as it stands on a command line. */
function text(value: JsonValue | undefined): string {
  if (typeof value !== "string" && typeof value !== "number") throw new TypeError("No word, no number.");
  return String(value);
}

const guess = (db: Database, email: string) =>
  signIn(db, { email, password: "a wrong password", ipAddress: "203.0.113.9" });

const password = "moon river dance seven";

describe.each(engineNames)("nerve on %s", (engine) => {
  let place: TestPlace;
  beforeAll(async () => {
    place = await emptyPlace(engine);
  });
  afterAll(() => place.remove());

  /** Runs a command with `--json` that is expected to be done, and reads its answer. */
  async function ask(words: string, options?: CallOptions): Promise<Record<string, JsonValue>> {
    const { code, stdout, stderr } = await nerveOn(place.url, [...words.split(" "), "--json"], options);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return JSON.parse(stdout) as Record<string, JsonValue>;
  }

  const run = (words: string, options?: CallOptions) => nerveOn(place.url, words.split(" "), options);

  async function useDatabase<T>(work: (db: Awaited<ReturnType<typeof openDatabase>>) => Promise<T>): Promise<T> {
    const db = await openDatabase(place.url);
    try {
      return await work(db);
    } finally {
      await db.close();
    }
  }

  test("no command but those that say so makes a database", async () => {
    const { code, stderr } = await run("user list");
    expect(code).toBe(3);
    expect(stderr).toMatch(/`nerve (init|migrate up)`/);
    if (engine === "sqlite") expect(await run("migrate status")).toMatchObject({ code: 3 });
  });

  test("init makes the tables, and does nothing the second time", async () => {
    const answer = { schemaVersion: expect.stringMatching(/^\d{4}$/), engine, tables: tables.length, backup: null };
    expect(await ask("init")).toEqual(answer);
    expect(await ask("init")).toEqual(answer);
    expect((await run("init")).stdout).toMatch(/ \d+ tables, schema version \d{4}\.\n$/);
  });

  test("migrate status, rollback and up tell the version, what is applied and what is pending", async () => {
    const before = await ask("migrate status");
    const { schemaVersion, applied } = before as { schemaVersion: string; applied: object[] };
    expect(before).toMatchObject({ pending: [] });
    expect(applied.at(-1)).toMatchObject({ version: schemaVersion, description: expect.any(String) });
    expect(applied.at(-1)).toHaveProperty("appliedAt", expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/));

    const rolledBack = await ask("migrate rollback");
    expect(rolledBack).toMatchObject({ pending: [{ version: schemaVersion }] });
    expect(rolledBack["applied"]).toHaveLength(applied.length - 1);
    expect((await run("migrate status")).stdout).toMatch(new RegExp(`^${schemaVersion} .* pending$`, "m"));
    expect(await run("user list")).toMatchObject({ code: 3, stderr: expect.stringContaining("nerve migrate up") });

    const folder = await mkdtemp(join(tmpdir(), "nerve-before-update-"));
    const environment = { NERVE_BACKUP_FOLDER: folder };
    const made = { schemaVersion, pending: [], backup: expect.stringContaining(folder) };
    expect(await ask("migrate up", { environment })).toMatchObject(made);
    await ask("migrate rollback");
    expect(await ask("migrate up --no-backup", { environment })).toMatchObject({ pending: [], backup: null });
    expect((await readdir(folder)).filter((name) => name.endsWith(".json"))).toHaveLength(1);
    await rm(folder, { recursive: true });
  });

  test("schema export prints SQL, alone or in a document", async () => {
    const { sql } = await ask("schema export");
    expect(sql).toMatch(/CREATE TABLE/);
    expect((await run("schema export")).stdout).toBe(sql);
  });

  test("company create answers with its id, name and domain; a domain is one company's only", async () => {
    const company = await ask("company create --name Example --domain Example.org --seats 3");
    expect(company).toMatchObject({
      id: expect.any(Number),
      name: "Example",
      primaryDomain: "example.org",
      maxSeats: 3,
    });
    const again = await run("company create --name Other --domain example.org");
    expect(again).toMatchObject({ code: 3, stdout: "" });
  });

  test("user create takes the password from standard input, and the user belongs to the company", async () => {
    const words = "user create --email Ada@example.org --role analyst --company example.org --password-stdin";
    const user = await ask(words, { input: `${password}\r\n` });
    expect(user).toMatchObject({ id: expect.any(Number), email: "ada@example.org", role: "analyst", status: "active" });
    expect(JSON.stringify(user)).not.toMatch(/password|hash/i);
    const { users, nextCursor } = await ask("user list --company example.org");
    expect({ users, nextCursor }).toEqual({ users: [user], nextCursor: null });
    expect((await run("user list")).stdout).toMatch(/^\d+ +ada@example\.org +analyst +active /m);
    const made = await useDatabase((db) => getUser(db, Number(user["id"])));
    expect(made).toMatchObject({ mustChangePassword: true });
  });

  test("a demo account needs an end, and a weak password is refused; both are wrong usage", async () => {
    const demo = "user create --email demo@example.org --role demo --password-stdin";
    expect(await run(demo, { input: password })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--expires-days"),
    });
    expect(await ask(`${demo} --expires-days 7`, { input: password })).toMatchObject({ role: "demo" });
    const weak = await run("user create --email b@example.org --role user --password-stdin", { input: "password" });
    expect(weak).toMatchObject({ code: 2, stderr: expect.stringContaining("The password ") });
  });

  test("user create takes no password from the list of breached ones, and says where it is if it cannot be read", async () => {
    const words = "user create --email c@example.org --role user --password-stdin";
    const { path, remove } = await writeList(listed([password]).join("\n"));
    const environment = { NERVE_BREACHED_PASSWORDS_FILE: path };
    const breached = await run(words, { input: password, environment });
    expect(breached).toMatchObject({ code: 2, stderr: expect.stringContaining("known from a data breach") });
    await remove();
    expect(await run(words, { input: password, environment })).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(path),
    });
  });

  test("suspend, reinstate, unlock and end-sessions answer with the user as it then is", async () => {
    const user = { email: "ada@example.org", role: "analyst" };
    expect(await ask("user suspend ada@example.org --reason Left")).toMatchObject({ ...user, status: "suspended" });
    expect(await ask("user reinstate ADA@example.org")).toMatchObject({ ...user, status: "active" });
    const { id } = await ask("user end-sessions ada@example.org");
    await useDatabase((db) => lockUserAccount(db, Number(id)));
    const unlocked = { ...user, status: "active", lockedUntil: null };
    expect(await ask("user unlock ada@example.org")).toMatchObject({ ...unlocked, unlocked: true });
    expect(await ask("user unlock ada@example.org")).toMatchObject({ ...unlocked, unlocked: false });
    for (let round = 0; round < 5; round += 1) await useDatabase((db) => guess(db, "ada@example.org"));
    expect(await useDatabase((db) => guess(db, "ada@example.org"))).toMatchObject({ status: "locked" });
    expect((await run("user show ada@example.org")).stdout).toContain("new ones are refused until 20");
    expect((await run("user list")).stdout).toContain("REFUSED UNTIL");
    expect(await ask("user unlock ada@example.org")).toMatchObject({ signInRefusedUntil: null, unlocked: true });
    expect(await useDatabase((db) => guess(db, "ada@example.org"))).toMatchObject({ status: "wrong-credentials" });
    expect(await ask("user end-sessions ada@example.org")).toMatchObject({ ...user, sessionsEnded: 0 });
    expect(await run("user suspend nobody@example.org")).toMatchObject({ code: 3 });
  });

  test("what the command does is in the audit log, under its name", async () => {
    const { items } = await useDatabase((db) => getAuditLogs(db, {}));
    const done = items.map(({ action, userId, userAgent }) => ({ action, userId, userAgent }));
    for (const action of ["company_created", "user_created", "user_suspended", "user_reinstated", "account_unlocked"]) {
      expect(done).toContainEqual({ action, userId: null, userAgent: "nerve command line" });
    }
  });

  test("company require-two-factor demands one of a company's users, and waive-two-factor takes it back", async () => {
    const demanded = await ask("company require-two-factor example.org --grace-days 3");
    expect(demanded).toMatchObject({ twoFactorGraceDays: 3, twoFactorDemandedBy: "super_admin" });
    const { stdout } = await run("company require-two-factor example.org");
    expect(stdout).toBe("Example demands a second factor, after 7 days of grace.\n");
    expect(await ask("company waive-two-factor example.org")).toMatchObject({ twoFactorDemandedAt: null });
    expect(await run("company waive-two-factor nobody.example")).toMatchObject({ code: 3, stdout: "" });
  });

  test("session end-all signs out a company, or everybody", async () => {
    const { id: userId } = await ask("user show ada@example.org");
    const enter = () => useDatabase((db) => createSession(db, { userId: Number(userId), ipAddress: "192.0.2.7" }));
    await enter();
    expect(await ask("session end-all --company example.org")).toEqual({ ended: 1 });
    await enter();
    expect(await run("session end-all")).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("Sessions ended: 1."),
    });
    expect(await run("session end-all --company nobody.example")).toMatchObject({ code: 3, stdout: "" });
  });

  test("key create takes `never` for what it says: whether a key may last, the installation decides", async () => {
    const refused = await run("key create --user ada@example.org --name Lasting --expires-days never");
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("here every key ends") });
  });

  test("key create shows the key once; list and revoke never do", async () => {
    const words = "key create --user ada@example.org --name Nightly --permission scan:read --permission scan:write";
    const made = await ask(`${words} --expires-days 30 --from 192.0.2.7 --from 2001:db8::/32`);
    expect(made).toEqual({
      key: expect.stringMatching(/^nrv_[\w-]{43}$/),
      keyId: expect.any(Number),
      keyPrefix: text(made["key"]).slice(0, 8),
      name: "Nightly",
      networks: ["192.0.2.7/32", "2001:db8::/32"],
      expiresAt: expect.stringMatching(/Z$/),
    });
    const nowhere = await run(`${words} --from everywhere`);
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining("--from") });
    const list = await ask("key list --user ada@example.org");
    expect(list).toMatchObject({ keys: [{ keyId: made["keyId"], permissions: ["scan:read", "scan:write"] }] });
    const shown = (await run("key list --user ada@example.org")).stdout;
    expect(shown).toMatch(/Nightly .* 192\.0\.2\.7\/32 2001:db8::\/32 /);
    expect(shown + JSON.stringify(list)).not.toContain(text(made["key"]).slice(8));
    const moved = await ask(`key set-networks ${text(made["keyId"])} --from 198.51.100.0/24`);
    expect(moved).toMatchObject({ keyId: made["keyId"], networks: ["198.51.100.0/24"] });
    for (const unclear of ["", " --anywhere --from 192.0.2.7", " --from everywhere"]) {
      const refused = await run(`key set-networks ${text(made["keyId"])}${unclear}`);
      expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("--from"), stdout: "" });
    }
    expect((await ask("key list --user ada@example.org"))["keys"]).toMatchObject([{ networks: ["198.51.100.0/24"] }]);
    const opened = await run(`key set-networks ${text(made["keyId"])} --anywhere`);
    expect(opened.stdout).toBe(`Key ${text(made["keyId"])} can be used from anywhere.\n`);
    expect(await run("key set-networks 999999 --anywhere")).toMatchObject({ code: 3, stdout: "" });
    const next = await ask(`key rotate ${text(made["keyId"])} --overlap 2`);
    expect(next).toMatchObject({ name: "Nightly", replaces: { keyId: made["keyId"] } });
    const both = (await ask("key list --user ada@example.org"))["keys"] as { replacedBy: number | null }[];
    expect(both.map(({ replacedBy }) => replacedBy)).toEqual([null, next["keyId"]]);
    expect(await run(`key rotate ${text(made["keyId"])} --overlap 169`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--overlap"),
    });
    expect((await run(`key rotate ${text(next["keyId"])}`)).stdout).toMatch(
      /^nrv_\S+\n\nKey \d+\. Keep it: .* goes on until 20/,
    );
    const keys = (await ask("key list --user ada@example.org"))["keys"] as { keyId: number }[];
    for (const { keyId } of keys.slice(0, 2)) await ask(`key revoke ${keyId}`);
    expect(await ask(`key revoke ${text(made["keyId"])}`)).toEqual({ keyId: made["keyId"], revoked: true });
    expect(await ask("key list --user ada@example.org")).toMatchObject({ keys: [] });
    expect(await run("key revoke 999999")).toMatchObject({ code: 3, stdout: "" });
  });

  test("events filters and goes on where the list before ended", async () => {
    const all = await ask("events --hours 1");
    expect(all).toMatchObject({ nextCursor: null });
    const first = await ask("events --limit 1");
    const second = await ask(`events --limit 1 --cursor ${text(first["nextCursor"])}`);
    expect([first["events"], second["events"]].flat()).toEqual((all["events"] as JsonValue[]).slice(0, 2));
    const made = (await ask("events --type api_key_created --severity info"))["events"] as { eventType: string }[];
    expect(made.map(({ eventType }) => eventType)).toEqual(["api_key_created"]);
    expect((await ask("events --metadata {}"))["events"]).toEqual((await ask("events"))["events"]);
    expect((await ask('events --metadata {"no":"such"}'))["events"]).toEqual([]);
    expect((await run("events --limit 1")).stdout).toMatch(/\n\nMore: --cursor [\w-]+\n$/);
  });
});
