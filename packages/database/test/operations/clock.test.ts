import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  checkAccountLock,
  countHits,
  createApiKey,
  createBackup,
  createSession,
  createUser,
  findTimesAhead,
  findUserByEmail,
  getMaintenanceStatus,
  getUser,
  listBackups,
  listUsers,
  lockUserAccount,
  openDatabase,
  pruneBackups,
  refreshSession,
  requestEmailVerification,
  requestPasswordReset,
  requireUser,
  resetPassword,
  runDueMaintenance,
  runHealthCheck,
  runMaintenance,
  signIn,
  transaction,
  validateApiKey,
  validateSession,
  verifyEmail,
} from "../../src/index.ts";
import { findKnownDevice, rememberDevice } from "../../src/identity/known-devices/known-device.ts";
import { makeHandedLink } from "../../src/identity/passwords/reset-links.ts";
import { takeLease } from "../../src/schedule/job-table.ts";
import { testClock } from "../support/clock.ts";
import { migratedPlace, engineNames, testKeys } from "../support/engines.ts";

const password = "moon river dance seven";
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nerve-clock-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const jumps = [400, -400];

describe.each(engineNames)("On %s, after a clock that was wrong by days", (engine) => {
  /** What is done while the clock is wrong by so many days, and what is true once it is right. */
  async function whileWrong<T>(days: number, work: (world: World) => Promise<T>) {
    const place = await migratedPlace(engine);
    const clock = testClock();
    const db = await openDatabase(place.url, { clock, keys: testKeys });
    const user = await createUser(db, { email: "ada@example.org", password, role: "user" });
    const world = { db, clock, user, backups: await mkdtemp(join(folder, "b-")) };
    clock.advance({ days });
    const made = await work(world);
    clock.advance({ days: -days, minutes: 1 });
    return { ...world, made, end: () => db.close().then(place.remove) };
  }
  interface World {
    readonly db: Awaited<ReturnType<typeof openDatabase>>;
    readonly clock: ReturnType<typeof testClock>;
    readonly user: { readonly id: number };
    readonly backups: string;
  }

  test.each(jumps)(
    "(%i) jobs are due when they should be, and a last run in the future counts as never",
    async (days) => {
      const { db, clock, end } = await whileWrong(days, async (world) => {
        await runDueMaintenance(world.db);
        return runMaintenance(world.db, "hourly");
      });
      clock.advance({ hours: 25 });
      const status = await getMaintenanceStatus(db);
      for (const { period, nextRunAt, lastFinishedAt } of status.filter(({ name }) => name !== "backup")) {
        if (period === "hourly" || period === "daily") expect(nextRunAt <= clock.now()).toBe(true);
        expect(lastFinishedAt === null || lastFinishedAt <= clock.now()).toBe(true);
      }
      const ran = (await runDueMaintenance(db)).map(({ name, status: outcome }) => `${name} ${outcome}`);
      expect(ran).toContain("expired-sessions done");
      expect(ran).toContain("health-check done");
      const afterwards = await getMaintenanceStatus(db);
      expect(afterwards.every(({ nextRunAt }) => nextRunAt.getTime() - clock.now().getTime() < 32 * 86_400_000)).toBe(
        true,
      );
      await end();
    },
  );

  test.each(jumps)("(%i) a lease of a process that was killed then holds nobody off", async (days) => {
    const { db, end } = await whileWrong(days, ({ db: then }) =>
      takeLease(then, "rate-limits", { holder: "killed", leaseMs: 600_000, ifDue: false }),
    );
    const { jobs } = await runMaintenance(db, "hourly", { only: ["rate-limits"] });
    expect(jobs).toMatchObject([{ status: "done" }]);
    await end();
  });

  test.each(jumps)("(%i) a limit opens a new window", async (days) => {
    const limit = { name: "ada", windowMs: 60_000 };
    const { db, clock, end } = await whileWrong(days, ({ db: then }) => countHits(then, { ...limit, hits: 1000 }));
    expect((await countHits(db, limit)).hits).toBe(1);
    clock.advance({ seconds: 30 });
    expect((await countHits(db, limit)).hits).toBe(2);
    await end();
  });

  test.each(jumps)("(%i) a session of then is over, and one can be made", async (days) => {
    const { db, user, made, end } = await whileWrong(days, ({ db: then, user: { id } }) =>
      createSession(then, { userId: id, ipAddress: "192.0.2.7", deviceType: "desktop" }),
    );
    expect(await validateSession(db, made.token)).toBeNull();
    expect(await refreshSession(db, made.refreshToken)).toBeNull();
    const now = await createSession(db, { userId: user.id, ipAddress: "192.0.2.7", deviceType: "desktop" });
    expect(await validateSession(db, now.token)).not.toBeNull();
    await end();
  });

  test.each(jumps)("(%i) failed sign-ins of then lock nobody out", async (days) => {
    const attempt = { email: "ada@example.org", ipAddress: "192.0.2.9" };
    const { db, end } = await whileWrong(days, async ({ db: then }) => {
      for (let count = 0; count < 6; count += 1) await signIn(then, { ...attempt, password: "wrong" });
    });
    expect(await signIn(db, { ...attempt, password })).toMatchObject({ status: "signed-in" });
    await end();
  });

  test.each([...jumps, 1])("(%i) links of then are dead, and others can be asked for at once", async (days) => {
    const attempt = { email: "ada@example.org", ipAddress: "192.0.2.9" };
    const next = { newPassword: "violet harbour wakes early", ipAddress: "192.0.2.9" };
    const { db, user, made, end } = await whileWrong(days, async ({ db: then, user: { id } }) => ({
      verification: await requestEmailVerification(then, { userId: id }),
      handed: await transaction(then, (tx) => makeHandedLink(tx, id)),
      reset: await requestPasswordReset(then, attempt),
    }));
    expect(await verifyEmail(db, { token: made.verification.token })).toBeNull();
    for (const link of [made.handed, made.reset]) {
      expect(await resetPassword(db, { token: link?.token ?? "", ...next })).toBeNull();
    }
    const { token } = await requestEmailVerification(db, { userId: user.id });
    expect(await verifyEmail(db, { token })).not.toBeNull();
    const link = await requestPasswordReset(db, attempt);
    expect(await resetPassword(db, { token: link?.token ?? "", ...next })).not.toBeNull();
    await end();
  });

  test.each([...jumps, 1])("(%i) a lock of then lasts no longer than it was to last", async (days) => {
    const attempt = { email: "ada@example.org", password, ipAddress: "192.0.2.9" };
    const { db, clock, user, end } = await whileWrong(days, ({ db: then, user: { id } }) =>
      lockUserAccount(then, id, { minutes: 30, reason: "Reported as stolen" }),
    );
    const { locked, remainingMinutes } = await checkAccountLock(db, user.id);
    expect({ locked, remainingMinutes }).toEqual(
      days > 0 ? { locked: true, remainingMinutes: 30 } : { locked: false, remainingMinutes: 0 },
    );
    expect((await signIn(db, attempt)).status).toBe(days > 0 ? "locked" : "signed-in");
    clock.advance({ minutes: 30 });
    expect((await signIn(db, attempt)).status).toBe("signed-in");
    expect(await checkAccountLock(db, user.id)).toMatchObject({ locked: false });
    await end();
  });

  test("(400) a lock of then is shown to end as soon as it does, and the upkeep sees to it that it does", async () => {
    const lock = { minutes: 30, reason: "Reported as stolen" };
    const { db, clock, user, end } = await whileWrong(400, ({ db: then, user: { id } }) =>
      lockUserAccount(then, id, lock),
    );
    const inHalfAnHour = () => new Date(clock.now().getTime() + 30 * 60_000);
    const shown = async () => [
      (await getUser(db, user.id))?.lockedUntil,
      (await findUserByEmail(db, "ada@example.org"))?.lockedUntil,
      (await requireUser(db, { id: user.id })).lockedUntil,
      (await listUsers(db)).items[0]?.lockedUntil,
      (await checkAccountLock(db, user.id)).lockedUntil,
    ];
    for (const until of await shown()) expect(until).toEqual(inHalfAnHour());
    const { jobs } = await runMaintenance(db, "hourly", { only: ["lock-ends"] });
    expect(jobs).toMatchObject([{ status: "done", result: { shortened: 1 } }]);
    const until = inHalfAnHour();
    clock.advance({ minutes: 29 });
    for (const one of await shown()) expect(one).toEqual(until);
    clock.advance({ minutes: 1 });
    const { key } = await createApiKey(db, { userId: user.id, name: "Nightly" });
    expect(await validateApiKey(db, key)).not.toBeNull();
    await end();
  });

  test.each(jumps)("(%i) a device of then is known no more", async (days) => {
    const { db, user, made, end } = await whileWrong(days, ({ db: then, user: { id: userId } }) =>
      transaction(then, (tx) => rememberDevice(tx, { userId, userAgent: undefined })),
    );
    expect(await findKnownDevice(db, { userId: user.id, deviceToken: made.device.token })).toBeNull();
    await end();
  });

  test("a backup that is dated ahead takes no other's place, and is not deleted for another", async () => {
    const { db, clock, backups, made, end } = await whileWrong(400, ({ db: then, backups: to }) =>
      createBackup(then, { folder: to, verify: false }),
    );
    const first = await createBackup(db, { folder: backups, verify: false });
    clock.advance({ hours: 1 });
    const second = await createBackup(db, { folder: backups, verify: false });
    const { kept, deleted } = await pruneBackups(backups, { keep: 1, clock });
    const names = (await listBackups(backups)).map(({ backupPath }) => backupPath);
    expect([kept.length, deleted.length]).toEqual([2, 1]);
    expect(names.toSorted()).toEqual([made.backupPath, second.backupPath].toSorted());
    expect(names).not.toContain(first.backupPath);
    await end();
  });

  test("health says that the database holds times ahead of the clock, and is healthy", async () => {
    const { db, end } = await whileWrong(400, ({ db: then }) =>
      signIn(then, { email: "ada@example.org", password, ipAddress: "192.0.2.9" }),
    );
    expect(await findTimesAhead(db)).toContainEqual(expect.objectContaining({ table: "login_attempts" }));
    const { healthy, alerts } = await runHealthCheck(db, { latencyMs: 1e6 });
    expect(healthy).toBe(true);
    expect(alerts).toMatchObject([{ level: "warning", code: "CLOCK", message: expect.stringContaining("2027-04-05") }]);
    await end();
  });
});
