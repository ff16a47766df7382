import { chmod, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  batchInsert,
  checkSecrets,
  createBackup,
  createUser,
  type Database,
  enrolTwoFactor,
  loadOrCreateKeyFile,
  openDatabase,
  runHealthCheck,
  transaction,
} from "../../src/index.ts";
import { describeOnEachEngine, migratedPlace } from "../support/engines.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-lost-keys-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let users = 0;
const makeUser = (db: Database) =>
  createUser(db, { email: `u${(users += 1)}@example.org`, password: "moon river dance seven", role: "user" });

describeOnEachEngine("A key file that is lost", (context) => {
  let keyFile: string;
  const open = () => context.openAnother({ keyFile, keys: undefined } as never);

  beforeAll(async () => {
    keyFile = join(await mkdtemp(join(folder, "k-")), "ghost.key");
  });

  test("is not there before the first secret, and health makes none", async () => {
    await using db = await open();
    expect(await runHealthCheck(db)).toMatchObject({ secrets: { healthy: true, values: 0 } });
    await expect(readdir(join(keyFile, ".."))).resolves.toEqual([]);
    await enrolTwoFactor(db, (await makeUser(db)).id);
    expect(await readdir(join(keyFile, ".."))).toEqual(["ghost.key"]);
    expect(await runHealthCheck(db)).toMatchObject({ healthy: true, secrets: { values: 1, unreadable: [] } });
  });

  test("is never replaced by another while something needs it; whoever needs it is told its id", async () => {
    const { current } = await loadOrCreateKeyFile(keyFile);
    await rename(keyFile, `${keyFile}.away`);
    await using db = await open();
    const { id } = await makeUser(db);
    const wants = [
      () => enrolTwoFactor(db, id),
      () => transaction(db, (tx) => enrolTwoFactor(tx, id)),
      () => transaction(db, (tx) => enrolTwoFactor(tx, id), { company: 1 }),
      () => batchInsert(db, "uploaded_credentials", [{ password: "x" }]),
      () => db.secrets(),
    ];
    for (const want of wants) {
      const refused = want();
      await expect(refused).rejects.toMatchObject({ code: "SECRET_UNREADABLE" });
      await expect(refused).rejects.toMatchObject({ message: expect.stringContaining(current.id) });
      await expect(refused).rejects.toMatchObject({ message: expect.stringContaining(keyFile) });
    }
    expect(await readdir(join(keyFile, ".."))).toEqual(["ghost.key.away"]);
    const report = await runHealthCheck(db);
    expect(report.healthy).toBe(false);
    expect(report.alerts).toContainEqual({
      level: "critical",
      code: "SECRETS",
      message: expect.stringContaining(
        `1 values of users.2fa_secret cannot be read, for the key ${current.id} encrypted them and there is none at hand: There is no key file ${keyFile}, `,
      ),
    });
    // Once it is back, nothing has to be restarted.
    await rename(`${keyFile}.away`, keyFile);
    await enrolTwoFactor(db, id);
    expect(await checkSecrets(db)).toMatchObject({ healthy: true, values: 2 });
  });

  test("shows in health, too, when another one was put in its place, or a value was tampered with", async () => {
    await rename(keyFile, `${keyFile}.away`);
    const elsewhere = join(await mkdtemp(join(folder, "k-")), "other.key");
    await loadOrCreateKeyFile(elsewhere);
    await rename(elsewhere, keyFile);
    await using db = await open();
    expect(await checkSecrets(db)).toMatchObject({ healthy: false, unreadable: [{ values: 2 }] });
    await rename(`${keyFile}.away`, keyFile);
    await using whole = await open();
    await transaction(whole, (tx) =>
      tx.executor.script(`UPDATE users SET "2fa_secret" = 'in the clear' WHERE id = (SELECT min(id) FROM users)`),
    );
    expect(await checkSecrets(whole)).toMatchObject({ unreadable: [{ keyId: null, values: 1 }] });
  });
});

describe("A database that is reached by a link", () => {
  test("has one key, beside the file itself", async () => {
    const place = await mkdtemp(join(folder, "l-"));
    await mkdir(join(place, "real"), { mode: 0o700 });
    await symlink(join("real", "ghost.db"), join(place, "link.db"));
    for (const path of [join(place, "link.db"), join(place, "real", "ghost.db")]) {
      await using db = await openDatabase(`sqlite:${path}`);
      await enrolTwoFactor(db, (await makeUser(db)).id);
    }
    expect((await readdir(place)).toSorted()).toEqual(["link.db", "real"]);
    expect((await stat(join(place, "real", "ghost.db"))).mode & 0o777).toBe(0o600);
    expect(await readdir(join(place, "real"))).toContain("ghost.key");
    await using db = await openDatabase(`sqlite:${join(place, "link.db")}`);
    expect(await checkSecrets(db)).toMatchObject({ healthy: true, values: 2 });
  });
});

test("Files and folders that other accounts may use are said by health", async () => {
  const { url, remove } = await migratedPlace("sqlite");
  const path = url.replace("sqlite:", "");
  await using db = await openDatabase(url);
  await enrolTwoFactor(db, (await makeUser(db)).id);
  expect((await runHealthCheck(db)).exposed).toEqual([]);
  await chmod(path, 0o644);
  await chmod(path.replace(/ghost\.db$/, ""), 0o755);
  await chmod(path.replace(/db$/, "key"), 0o644);
  const { healthy, alerts } = await runHealthCheck(db);
  expect(healthy).toBe(true);
  expect(
    alerts.filter(({ code }) => code === "FILE_MODE").map(({ level, message }) => [level, message.slice(0, 30)]),
  ).toEqual([
    ["warning", "The folder of the database is "],
    ["warning", "The database file is open to o"],
    ["warning", "The key file is open to other "],
  ]);
  await remove();
});

test("Whichever file of the data folder is taken away, none is made anew while the database shows that there was one", async () => {
  const data = await mkdtemp(join(folder, "data-"));
  const options = { folder: join(data, "backups"), uploads: join(data, "uploads") };
  const url = `sqlite:${join(data, "ghost.db")}`;
  {
    await using db = await openDatabase(url);
    await enrolTwoFactor(db, (await makeUser(db)).id);
    await mkdir(options.uploads);
    await writeFile(join(options.uploads, "f.txt"), "hello");
    await createBackup(db, options);
  }
  const filesOfData = async () => {
    const entries = await readdir(data, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  };
  const files = (await filesOfData()).filter((file) => !file.endsWith("ghost.db"));
  expect(files.length).toBeGreaterThanOrEqual(5);
  for (const file of files) {
    const away = join(folder, "away");
    await rename(file, away);
    await using db = await openDatabase(url);
    const { id } = await makeUser(db);
    await enrolTwoFactor(db, id).catch(() => undefined);
    await createBackup(db, { ...options, folder: join(data, "more") }).catch(() => undefined);
    await runHealthCheck(db);
    expect(await filesOfData()).not.toContain(file);
    await rename(away, file);
  }
  await using db = await openDatabase(url);
  expect(await checkSecrets(db)).toMatchObject({ healthy: true, values: files.length });
}, 120_000);
