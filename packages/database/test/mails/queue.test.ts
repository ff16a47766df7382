import { expect, test } from "vitest";
import { fetchAll, fetchFirst } from "../../src/database/statement.ts";
import { transaction } from "../../src/database/transaction.ts";
import { deleteUser } from "../../src/identity/index.ts";
import {
  dropExpiredMails,
  endMail,
  getMailState,
  giveUpMail,
  postponeMail,
  queueMail,
  takeDueMail,
} from "../../src/mails/index.ts";
import { runHealthCheck } from "../../src/operations/health/index.ts";
import { getSecurityEvents } from "../../src/security/index.ts";
import { createTestCompany, createTestUser } from "../support/people/accounts.ts";
import { describeOnEachEngine } from "../support/engines.ts";
import { makeTwoRoles, run } from "../support/row-security.ts";

describeOnEachEngine("the queue of mails", (context) => {
  const token = "canary-of-a-link";

  async function queueOne({ expiresAt }: { expiresAt?: Date } = {}) {
    const user = await createTestUser(context.db);
    const times = expiresAt === undefined ? {} : { expiresAt };
    await queueMail(context.db, { userId: user.id, kind: "password-reset", facts: { token }, ...times });
    return user;
  }

  async function emptyQueue() {
    for (let mail = await takeDueMail(context.db); mail !== null; mail = await takeDueMail(context.db)) {
      await endMail(context.db, mail);
    }
  }

  test("gives a mail out once, with its address and facts, and keeps nothing of it afterwards", async () => {
    const user = await queueOne();
    const mail = await takeDueMail(context.db);
    expect(mail).toMatchObject({ userId: user.id, to: user.email, kind: "password-reset", facts: { token } });
    expect(await takeDueMail(context.db)).toBeNull();
    await endMail(context.db, mail ?? { id: 0 });
    expect(await fetchAll(context.db, context.db.sql.selectFrom("queued_mails").select("id"))).toEqual([]);
  });

  test("attack: address and link cannot be read in the stored row", async () => {
    const user = await queueOne();
    const row = await fetchFirst(context.db, context.db.sql.selectFrom("queued_mails").select("content"));
    expect(row?.content).toMatch(/^enc\d\./);
    expect(row?.content).not.toContain(token);
    expect(row?.content).not.toContain(user.email);
    await emptyQueue();
  });

  test("two servers that take at once get different mails", async () => {
    const other = await context.openAnother();
    for (let index = 0; index < 6; index += 1) await queueOne();
    const taken = await Promise.all(
      Array.from({ length: 8 }, (_, index) => takeDueMail(index % 2 === 0 ? context.db : other)),
    );
    const ids = taken.flatMap((mail) => (mail === null ? [] : [mail.id]));
    expect(new Set(ids).size).toBe(6);
    expect(ids).toHaveLength(6);
    for (const id of ids) await endMail(context.db, { id });
  });

  test("a mail whose sender died is due again after the lease", async () => {
    await queueOne();
    const mail = await takeDueMail(context.db, { leaseMs: 60_000 });
    context.clock.advance({ seconds: 59 });
    expect(await takeDueMail(context.db)).toBeNull();
    context.clock.advance({ seconds: 1 });
    expect(await takeDueMail(context.db)).toMatchObject({ id: mail?.id, attempts: 2 });
    await endMail(context.db, mail ?? { id: 0 });
  });

  test("a mail that could not be sent is put off longer each time, by an hour at most, and shows in health", async () => {
    await queueOne();
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      const mail = await takeDueMail(context.db);
      if (mail === null) throw new Error(`attempt ${attempt} found nothing`);
      const dueAt = await postponeMail(context.db, mail, { error: "EAUTH 535" });
      delays.push((dueAt.getTime() - context.clock.now().getTime()) / 1000);
      context.clock.set(dueAt);
    }
    expect(delays).toEqual([15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
    expect(await getMailState(context.db)).toMatchObject({ waiting: 1, failing: 1, lastError: "EAUTH 535" });
    const { alerts, healthy } = await runHealthCheck(context.db);
    expect(healthy).toBe(true);
    expect(alerts.find(({ code }) => code === "MAIL")?.message).toContain("1 mail could not be sent");
    await emptyQueue();
  });

  test("a mail that has become useless is dropped, not sent, and the event tells", async () => {
    const { id: userId } = await queueOne({ expiresAt: new Date(context.clock.now().getTime() + 60_000) });
    context.clock.advance({ minutes: 1 });
    expect(await takeDueMail(context.db)).toBeNull();
    expect(await dropExpiredMails(context.db)).toEqual({ dropped: 1 });
    const { items } = await getSecurityEvents(context.db, { eventType: "mail_failed" });
    expect(items[0]).toMatchObject({ userId, metadataJson: { kind: "password-reset", error: "not tried" } });
    expect(JSON.stringify(items[0])).not.toContain(token);
    expect((await runHealthCheck(context.db)).alerts.find(({ code }) => code === "MAIL")?.message).toContain(
      "given up in the last day",
    );
  });

  test("a mail that is given up leaves one event, however often it is given up", async () => {
    await queueOne();
    const mail = await takeDueMail(context.db);
    if (mail === null) throw new Error("nothing to take");
    const before = (await getMailState(context.db)).givenUp;
    await giveUpMail(context.db, mail, { error: "EENVELOPE 550" });
    await giveUpMail(context.db, mail, { error: "EENVELOPE 550" });
    expect(await getMailState(context.db)).toMatchObject({ waiting: 0, givenUp: before + 1 });
  });

  test("mails that nobody takes for ten minutes are unattended", async () => {
    await queueOne();
    context.clock.advance({ minutes: 11 });
    expect(await getMailState(context.db)).toMatchObject({ waiting: 1, failing: 0, unattended: 1 });
    await emptyQueue();
  });

  test("is bounded for each user", async () => {
    const { id: userId } = await createTestUser(context.db);
    const taken = [];
    for (let index = 0; index < 52; index += 1) taken.push(await queueMail(context.db, { userId, kind: "test" }));
    expect(taken.filter(Boolean)).toHaveLength(50);
    await emptyQueue();
  });

  test("follows its transaction, and its user", async () => {
    const { id: userId } = await createTestUser(context.db);
    const failing = transaction(context.db, async (tx) => {
      await queueMail(tx, { userId, kind: "test" });
      throw new Error("taken back");
    });
    await expect(failing).rejects.toThrow("taken back");
    expect(await takeDueMail(context.db)).toBeNull();
    await deleteUser(context.db, { id: userId });
    await expect(queueMail(context.db, { userId, kind: "test" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

test("PostgreSQL: is bounded for all companies together, though row security hides the mails of others", async () => {
  await using roles = await makeTwoRoles();
  const db = await roles.openAsApp();
  const { id: companyId } = await createTestCompany(roles.owner);
  const { id: userId } = await createTestUser(roles.owner, { company_id: companyId });
  const { id: other } = await createTestUser(roles.owner);
  const queue = () => transaction(db, (tx) => queueMail(tx, { userId, kind: "test" }), { company: companyId });
  const fill = (mails: number) =>
    run(
      roles.owner,
      `INSERT INTO queued_mails (user_id, kind, content, created_at, due_at, expires_at)
       SELECT ${other}, 'test', '', now(), now(), now() FROM generate_series(1, ${mails})`,
    );
  await fill(9999);
  expect(await queue()).toBe(true);
  expect(await queue()).toBe(false);
});
