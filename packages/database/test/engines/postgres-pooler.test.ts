import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BouncerOfDatabase, startPgBouncer } from "../../../../test/support/pgbouncer.ts";
import { findSystemProgram } from "../../../../test/support/system-programs.ts";
import { createTestDatabase, type TestDatabase } from "../../../../test/support/test-databases.ts";
import { createApiKey, validateApiKey } from "../../src/identity/api-keys/index.ts";
import { createCompany, findCompanyByDomain } from "../../src/identity/companies/index.ts";
import { createSession, refreshSession, validateSession } from "../../src/identity/sessions/index.ts";
import { signIn } from "../../src/identity/sign-in/sign-in.ts";
import { createUser } from "../../src/identity/index.ts";
import { type Database, openDatabase, transaction } from "../../src/index.ts";
import { holdName } from "../../src/database/hold.ts";
import type { Query } from "../../src/engines/port/engine.ts";
import { getMigrationStatus, migrate } from "../../src/migrations/migrator.ts";
import { batchInsert } from "../../src/records/index.ts";
import { getSecurityEvents, logSecurityEvent } from "../../src/security/index.ts";
import { createTestUser, testPassword, uniqueWord } from "../support/people/accounts.ts";
import { testKeys } from "../support/engines.ts";

const pgbouncer = findSystemProgram("pgbouncer");
const clients = 32;
const atOnce = <T>(work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: clients }, (_, i) => work(i)));
const read = (sql: string): Query => ({ sql, readOnly: true, recurring: false });

describe.skipIf(pgbouncer === undefined)(
  "Behind PgBouncer in transaction mode, with 4 connections for 32 clients",
  () => {
    let place: TestDatabase;
    let bouncer: BouncerOfDatabase;
    let db: Database;
    beforeAll(async () => {
      place = await createTestDatabase({ empty: true });
      bouncer = await startPgBouncer(pgbouncer ?? "", place.url, 4);
      // Not UTC, as a role may be set; PgBouncer cannot be told otherwise.
      const direct = await openDatabase(place.url, { migrations: "ignore" });
      await direct.executor.run(
        { ...read(`ALTER DATABASE ${place.name} SET timezone = 'Asia/Kolkata'`), readOnly: false },
        [],
      );
      await direct.close();
      db = await openDatabase(bouncer.url, { pooler: "transaction", maxConnections: clients, keys: testKeys });
    });
    afterAll(async () => {
      await db.close();
      await bouncer[Symbol.asyncDispose]();
      await place.drop();
    });

    test("the migrations run, once, whoever runs them at the same time", async () => {
      expect((await getMigrationStatus(db)).pending).toEqual([]);
      const others = await Promise.all(
        [1, 2].map(() => openDatabase(bouncer.url, { pooler: "transaction", keys: testKeys })),
      );
      expect(await Promise.all(others.map((other) => migrate(other)))).toEqual([[], []]);
      await Promise.all(others.map((other) => other.close()));
    });

    test("a database that asks for named statements at the start of a session is refused, and not half served", async () => {
      await expect(openDatabase(bouncer.url)).rejects.toMatchObject({ code: "CONNECTION_FAILED" });
    });

    test("accounts, sessions and keys work, 32 at once", async () => {
      const company = await createCompany(db, {
        name: "Example",
        primaryDomain: `${uniqueWord()}.example`,
        maxSeats: 100,
      });
      await atOnce(async () => {
        const user = await createTestUser(db, { company_id: company.id });
        const session = await createSession(db, { userId: user.id, ipAddress: "192.0.2.7" });
        expect(await validateSession(db, session.token)).toMatchObject({ userId: user.id });
        expect(await refreshSession(db, session.refreshToken)).not.toBeNull();
        expect(await validateSession(db, session.token)).toBeNull();
        const { key } = await createApiKey(db, { userId: user.id, name: "key" });
        expect(await validateApiKey(db, key)).toMatchObject({ userId: user.id });
      });
      expect(await findCompanyByDomain(db, company.primaryDomain)).toMatchObject({ id: company.id });
    });

    test("somebody signs in with a password", async () => {
      const email = `${uniqueWord()}@example.org`;
      await createUser(db, { email, password: testPassword, role: "user", emailVerified: true });
      const result = await signIn(db, { email, password: testPassword, ipAddress: "192.0.2.7" });
      expect(result.status).toBe("signed-in");
    });

    test("transactions with savepoints keep to themselves, 32 at once", async () => {
      const words = await atOnce(async () => {
        const word = uniqueWord();
        await transaction(db, async (tx) => {
          const company = await createCompany(tx, { name: word, primaryDomain: `${word}.example` });
          const again = transaction(tx, (inner) =>
            createCompany(inner, { name: word, primaryDomain: `${word}.example` }),
          );
          await expect(again).rejects.toMatchObject({ code: "CONFLICT" });
          await holdName(tx, "one at a time");
          await logSecurityEvent(tx, { eventType: "test", severity: "info", description: `${word} ${company.id}` });
        });
        return word;
      });
      const { items } = await getSecurityEvents(db, { eventType: "test", limit: 1000 });
      expect(new Set(items.map(({ description }) => description.split(" ")[0]))).toEqual(new Set(words));
    });

    test("many rows are inserted by COPY, 8 times at once", async () => {
      const batches = Array.from({ length: 8 }, async () => {
        const records = Array.from({ length: 500 }, () => ({
          gistId: uniqueWord(),
          gistUrl: "https://gist.example.org",
        }));
        return batchInsert(db, "github_findings", records, { batchSize: 250 });
      });
      for (const { inserted, errors } of await Promise.all(batches))
        expect({ inserted, errors }).toEqual({ inserted: 500, errors: [] });
    });

    test.each([
      ["2026-01-02 03:04:05.678+00", "2026-01-02T03:04:05.678Z"],
      ["1971-06-30 23:59:59.999999+00", "1971-06-30T23:59:59.999Z"],
      ["1900-01-01 00:00:00+00", "1900-01-01T00:00:00.000Z"],
    ])("the time %s is read as what it is, in the time zone of the role", async (stored, expected) => {
      const [row] = await db.executor.all(
        read(`SELECT '${stored}'::timestamptz AS moment, current_setting('timezone') AS zone`),
        [],
      );
      expect(row).toEqual({ moment: new Date(expected), zone: "Asia/Kolkata" });
    });

    test("a statement of a transaction is ended when it takes too long, and its connection stays usable", async () => {
      await using impatient = await openDatabase(bouncer.url, {
        pooler: "transaction",
        statementTimeoutMs: 50,
        migrations: "ignore",
      });
      const outcome = transaction(impatient, (tx) => tx.executor.all(read("SELECT pg_sleep(30)"), []));
      await expect(outcome).rejects.toMatchObject({ code: "TIMEOUT" });
      expect(
        await transaction(db, (tx) => tx.executor.all(read("SELECT current_setting('statement_timeout') AS t"), [])),
      ).toEqual([{ t: "30s" }]);
    });

    test("no statement is prepared by name unless the pooler follows names", async () => {
      const query: Query = { sql: "SELECT $1::bigint AS number", readOnly: true, recurring: true };
      const prepared = read("SELECT count(*) AS count FROM pg_prepared_statements");
      for (const [pooler, count] of [
        ["transaction", 0],
        ["transaction-prepared", 1],
      ] as const) {
        await using direct = await openDatabase(place.url, { pooler, maxConnections: 1, migrations: "ignore" });
        expect(await direct.executor.all(query, [7])).toEqual([{ number: 7 }]);
        expect(await direct.executor.all(prepared, [])).toEqual([{ count }]);
      }
    });
  },
);
