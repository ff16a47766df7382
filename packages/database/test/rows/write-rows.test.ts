import { expect, expectTypeOf, test } from "vitest";
import { fetchAll, fetchFirst } from "../../src/database/statement.ts";
import { transaction } from "../../src/database/transaction.ts";
import { changeRow } from "../../src/rows/change-row.ts";
import { insertMany } from "../../src/rows/insert-many.ts";
import { insertRow } from "../../src/rows/insert-row.ts";
import { companies, users } from "../../src/schema/core.ts";
import type { NewRow, RowChanges } from "../../src/schema/kit/index.ts";
import { githubFindings, profiles } from "../../src/schema/osint.ts";
import { createTestUser, testPasswordHash, uniqueWord } from "../support/people/accounts.ts";
import { describeOnEachEngine } from "../support/engines.ts";

const newCompany = () => ({ name: "Example", primaryDomain: `${uniqueWord()}.example` });

describeOnEachEngine("Writing a row", (context) => {
  test("inserts what is given, stamps and the database's defaults, and returns what leaves of it", async () => {
    const { db, clock } = context;
    const given = { ...newCompany(), additionalDomains: ["a.example"], maxSeats: 0, billingEmail: undefined };
    const company = await transaction(db, (tx) => insertRow(tx, companies, given));
    const stored = await fetchFirst(db, db.sql.selectFrom("companies").selectAll().where("id", "=", company.id));
    expect(company).toEqual(stored);
    expect(company).toMatchObject({
      ...given,
      billingEmail: null,
      maxDomains: 1,
      subscriptionTier: "basic",
      createdAt: clock.now(),
      updatedAt: clock.now(),
      deletedAt: null,
      isActive: true,
    });
  });

  test("returns no hidden column, though it writes them", async () => {
    const { db } = context;
    const email = `${uniqueWord()}@example.org`;
    const user = await transaction(db, (tx) =>
      insertRow(tx, users, { email, role: "user", passwordHash: testPasswordHash, twoFactorBackupCodes: ["digest"] }),
    );
    expect(Object.keys(user)).not.toContain("passwordHash");
    const query = db.sql.selectFrom("users").select(["password_hash", "2fa_backup_codes"]).where("id", "=", user.id);
    expect(await fetchFirst(db, query)).toEqual({
      passwordHash: testPasswordHash,
      twoFactorBackupCodes: ["digest"],
    });
  });

  test("keeps a stamp that is given", async () => {
    const createdAt = new Date("2020-02-29T23:59:59.999Z");
    const company = await transaction(context.db, (tx) => insertRow(tx, companies, { ...newCompany(), createdAt }));
    expect(company).toMatchObject({ createdAt, updatedAt: context.clock.now() });
  });

  test("changes what is given and the stamp of changes, and nothing else", async () => {
    const { db, clock } = context;
    const company = await transaction(db, (tx) => insertRow(tx, companies, newCompany()));
    clock.advance({ hours: 1 });
    const changes = { maxSeats: 7, additionalDomains: [], billingEmail: null, name: undefined };
    const changed = await transaction(db, (tx) => changeRow(tx, companies, company.id, changes));
    expect(changed).toEqual({ ...company, maxSeats: 7, additionalDomains: [], updatedAt: clock.now() });
    const cleared = await transaction(db, (tx) =>
      changeRow(tx, companies, company.id, { additionalDomains: null, maxSeats: 8 }),
    );
    expect(cleared).toMatchObject({ additionalDomains: null, maxSeats: 8 });
  });

  test("encrypts credentials that were found elsewhere, and does not return them", async () => {
    const { db } = context;
    const secrets = await db.secrets();
    const fields = { gistId: uniqueWord(), gistUrl: "https://example.org", credentialValue: "hunter2" };
    const finding = await transaction(db, (tx) => insertRow(tx, githubFindings, fields));
    expect(finding).not.toHaveProperty("credentialValue");
    const query = db.sql.selectFrom("github_findings").select("credential_value").where("id", "=", finding.id);
    const read = async () => (await fetchFirst(db, query))?.credentialValue ?? "";
    const place = { table: "github_findings", column: "credential_value", row: finding.id };
    const stored = await read();
    expect(stored).toMatch(/^enc2\./);
    expect(secrets.decrypt(stored, place)).toBe("hunter2");
    await transaction(db, (tx) => changeRow(tx, githubFindings, finding.id, { credentialValue: "hunter3" }));
    expect(secrets.decrypt(await read(), place)).toBe("hunter3");
  });

  test("stores each JSON document as itself, null apart", async () => {
    const { db } = context;
    const write = (id: string, socialMediaJson: NewRow<typeof profiles>["socialMediaJson"]) =>
      transaction(db, (tx) => insertRow(tx, profiles, { id, name: id, socialMediaJson }));
    for (const document of [{ a: [1, null] }, [], "text", 0, false]) {
      const id = uniqueWord();
      expect(await write(id, document)).toMatchObject({ id, socialMediaJson: document });
    }
    expect(await write(uniqueWord(), null)).toMatchObject({ socialMediaJson: null });
  });

  test("goes on past as many sets of columns as are kept compiled", async () => {
    const { db } = context;
    const { id } = await createTestUser(db);
    const names = ["emailNotifications", "securityAlerts", "marketingEmails", "mustChangePassword"] as const;
    const more = ["emailVerified", "twoFactorEnabled", "isActive"] as const;
    const all = [...names, ...more];
    await transaction(db, async (tx) => {
      for (let bits = 1; bits < 2 ** all.length; bits += 1) {
        const changes = Object.fromEntries(
          all.filter((_, place) => (bits >> place) % 2 === 1).map((name) => [name, bits % 3 === 0]),
        );
        expect(await changeRow(tx, users, id, changes)).toMatchObject(changes);
      }
    });
  });

  test("refuses a row that is not there, a value that is taken, and a field that does not exist", async () => {
    const { db } = context;
    const taken = newCompany();
    await transaction(db, (tx) => insertRow(tx, companies, taken));
    const again = transaction(db, (tx) => insertRow(tx, companies, taken));
    await expect(again).rejects.toMatchObject({ code: "CONFLICT", field: "primary_domain" });
    const missing = transaction(db, (tx) => changeRow(tx, companies, 987_654, { maxSeats: 1 }));
    await expect(missing).rejects.toMatchObject({ code: "NOT_FOUND" });
    const odd = { ...newCompany(), max_seats: 1 };
    await expect(transaction(db, (tx) => insertRow(tx, companies, odd))).rejects.toThrow("companies has no max_seats.");
    const moved = transaction(db, (tx) => changeRow(tx, companies, 1, { id: 2 }));
    await expect(moved).rejects.toThrow("The id of companies stays as it is.");
  });

  test("asks by its types for what a row needs", () => {
    type Company = NewRow<typeof companies>;
    expectTypeOf<{ name: string; primaryDomain: string }>().toExtend<Company>();
    expectTypeOf<{ name: string }>().not.toExtend<Company>();
    expectTypeOf<{ name: null; primaryDomain: string }>().not.toExtend<Company>();
    expectTypeOf<{ maxSeats: null }>().not.toExtend<RowChanges<typeof companies>>();
    expectTypeOf<{ billingEmail: null }>().toExtend<RowChanges<typeof companies>>();
  });

  test("inserts many rows with stamps, defaults and documents, whatever each of them gives", async () => {
    const { db, clock } = context;
    const [one, other] = [newCompany(), newCompany()];
    const rows = [
      { ...one, additionalDomains: ["a.example"] },
      { ...other, maxSeats: 7, billingEmail: undefined },
    ];
    await transaction(db, (tx) => insertMany(tx, companies, rows));
    const query = db.sql
      .selectFrom("companies")
      .selectAll()
      .where("primary_domain", "in", [one.primaryDomain, other.primaryDomain]);
    const common = { maxDomains: 1, isActive: true, createdAt: clock.now(), updatedAt: clock.now(), deletedAt: null };
    expect(await fetchAll(db, query.orderBy("id"))).toMatchObject([
      { ...common, ...one, additionalDomains: ["a.example"], maxSeats: 1 },
      { ...common, ...other, additionalDomains: null, maxSeats: 7 },
    ]);
  });

  test("inserts no row of many where one is refused, and nothing where there is none", async () => {
    const { db } = context;
    const company = newCompany();
    await expect(transaction(db, (tx) => insertMany(tx, companies, [company, company]))).rejects.toMatchObject({
      code: "CONFLICT",
    });
    const query = db.sql.selectFrom("companies").select("id").where("primary_domain", "=", company.primaryDomain);
    expect(await fetchAll(db, query)).toEqual([]);
    await transaction(db, (tx) => insertMany(tx, companies, []));
  });

  test("many rows have no field that the table does not have, and no credentials that are bound to ids", async () => {
    const { db } = context;
    const rows = [{ ...newCompany(), naem: "Example" }];
    await expect(transaction(db, (tx) => insertMany(tx, companies, rows))).rejects.toThrow("companies has no naem.");
    const insert = transaction(db, (tx) => insertMany(tx, githubFindings, [{ gistId: "a", gistUrl: "b" }]));
    await expect(insert).rejects.toThrow(TypeError);
  });

  test("many rows of a large transaction are written on a thread as here, all of them or none", async () => {
    const { db, clock } = context;
    const word = uniqueWord();
    const named = (at: number) => ({ name: word, primaryDomain: `${at}.${word}.example`, maxSeats: at });
    const rows = Array.from({ length: 1001 }, (_, at) => ({
      ...named(at),
      additionalDomains: at % 2 ? [`${at}`] : null,
    }));
    const twice = [...rows, named(0)];
    const inserting = transaction(db, (tx) => insertMany(tx, companies, twice), { large: true });
    await expect(inserting).rejects.toMatchObject({ code: "CONFLICT" });
    const query = db.sql.selectFrom("companies").selectAll().where("name", "=", word).orderBy("max_seats");
    expect(await fetchAll(db, query)).toEqual([]);
    await transaction(db, (tx) => insertMany(tx, companies, rows), { large: true });
    const stored = await fetchAll(db, query);
    expect(stored).toHaveLength(rows.length);
    for (const [at, row] of rows.entries()) expect(stored[at]).toMatchObject({ ...row, createdAt: clock.now() });
  });
});
