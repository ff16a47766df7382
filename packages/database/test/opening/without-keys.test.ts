import { expect, test } from "vitest";
import { enrolTwoFactor, openDatabase, runHealthCheck } from "../../src/index.ts";
import { createTestUser } from "../support/people/accounts.ts";
import { describeOnEachEngine } from "../support/engines.ts";

describeOnEachEngine("A handle without keys", (context) => {
  test("says what it lacks, in the words of its engine, and that what is stored needs it", async () => {
    const { id } = await createTestUser(context.db);
    await enrolTwoFactor(context.db, id);
    await using db = await openDatabase(context.url, { clock: context.clock });
    const lack = {
      sqlite: /^There is no key file \S+ghost\.key, and the database holds values that the key \S+ encrypted/,
      postgres: /^No encryption key: give `keys` or `keyFile` when opening a PostgreSQL database/,
    }[context.engine];
    const { secrets, alerts } = await runHealthCheck(db);
    expect(secrets).toMatchObject({ healthy: false, values: 1, withoutKeys: expect.stringMatching(lack) });
    const told = alerts.find(({ code }) => code === "SECRETS")?.message ?? "";
    const [what, why] = told.split(" and there is none at hand: ");
    expect(what).toMatch(/^1 values of users\.2fa_secret cannot be read, for the key \S+ encrypted them$/);
    expect(why).toMatch(lack);
    const { id: other } = await createTestUser(context.db);
    await expect(enrolTwoFactor(db, other)).rejects.toMatchObject({ message: expect.stringMatching(lack) });
  });
});
