import { describe, expect, test } from "vitest";
import { transaction } from "../../../src/database/transaction.ts";
import { ConflictError, NotFoundError, ValidationError } from "../../../src/errors/index.ts";
import {
  createCompany,
  deleteCompany,
  findCompanyByDomain,
  getCompany,
  listCompanies,
  restoreCompany,
  updateCompany,
} from "../../../src/identity/companies/index.ts";
import { createTestCompany, createTestUser, uniqueWord } from "../../support/people/accounts.ts";
import { on } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { auditedActions } from "../../support/events.ts";
import { hostileStrings, unprintableStrings } from "../../support/hostile.ts";

describeOnEachEngine("A company", (context) => {
  const newDomain = () => `${uniqueWord()}.example`;

  test("is made with its defaults, and an audit row of who made it", async () => {
    const { db } = context;
    const user = await createTestUser(db);
    const primaryDomain = newDomain();
    const company = await createCompany(
      db,
      { name: "Example", primaryDomain: primaryDomain.toUpperCase() },
      on({ userId: user.id }),
    );
    expect(company).toEqual({
      id: company.id,
      name: "Example",
      primaryDomain,
      additionalDomains: [],
      maxSeats: 1,
      maxDomains: 1,
      maxStoredRows: null,
      maxStoredMib: null,
      twoFactorDemandedAt: null,
      twoFactorGraceDays: null,
      twoFactorDemandedBy: null,
      subscriptionTier: "basic",
      subscriptionStatus: null,
      stripeCustomerId: null,
      billingEmail: null,
      createdAt: context.clock.now(),
      updatedAt: context.clock.now(),
      deletedAt: null,
      isActive: true,
    });
    expect(await getCompany(db, company.id)).toEqual(company);
    expect(await auditedActions(db, "companies", company.id)).toEqual(["company_created"]);
  });

  test("is found by each of its domains, whatever their case, and by no part of one", async () => {
    const { db } = context;
    const [first, second] = [newDomain(), newDomain()];
    const company = await createCompany(db, { name: "Two", primaryDomain: first, additionalDomains: [second] });
    expect((await findCompanyByDomain(db, first.toUpperCase()))?.id).toBe(company.id);
    expect((await findCompanyByDomain(db, second.toUpperCase()))?.id).toBe(company.id);
    expect(await findCompanyByDomain(db, second.slice(1))).toBeNull();
    expect(await findCompanyByDomain(db, `www.${first}`)).toBeNull();
  });

  test("has domains that no other company has, as primary or additional ones, deleted companies included", async () => {
    const { db } = context;
    const [first, second] = [newDomain(), newDomain()];
    const { id } = await createCompany(db, { name: "Owner", primaryDomain: first, additionalDomains: [second] });
    await deleteCompany(db, { id });
    const other = { name: "Other", primaryDomain: newDomain() };
    await expect(createCompany(db, { ...other, primaryDomain: second })).rejects.toMatchObject({
      code: "CONFLICT",
      field: "primaryDomain",
    });
    await expect(createCompany(db, { ...other, additionalDomains: [first] })).rejects.toMatchObject({
      field: "additionalDomains",
    });
    const made = await createCompany(db, { ...other, maxDomains: 5 });
    await expect(updateCompany(db, { id: made.id, additionalDomains: [second] })).rejects.toBeInstanceOf(ConflictError);
    await expect(updateCompany(db, { id: made.id, primaryDomain: first.toUpperCase() })).rejects.toMatchObject({
      field: "primaryDomain",
    });
  });

  test("attack: of two that claim one domain at once, by two handles, exactly one gets it", async () => {
    const { db } = context;
    const other = await context.openAnother();
    for (let round = 0; round < 5; round += 1) {
      const contested = newDomain();
      const outcomes = await Promise.allSettled(
        [db, other].map((handle) =>
          createCompany(handle, { name: "Claims", primaryDomain: newDomain(), additionalDomains: [contested] }),
        ),
      );
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    }
  });

  test("has no more domains than it may have, and none twice", async () => {
    const { db } = context;
    const [first, second] = [newDomain(), newDomain()];
    const start = { name: "Limited", primaryDomain: first };
    await expect(createCompany(db, { ...start, additionalDomains: [second], maxDomains: 1 })).rejects.toMatchObject({
      field: "additionalDomains",
    });
    await expect(createCompany(db, { ...start, additionalDomains: [first] })).rejects.toBeInstanceOf(ValidationError);
    const { id, maxDomains } = await createCompany(db, { ...start, additionalDomains: [second] });
    expect(maxDomains).toBe(2);
    await expect(updateCompany(db, { id, maxDomains: 1 })).rejects.toBeInstanceOf(ValidationError);
    expect((await updateCompany(db, { id, maxDomains: 1, additionalDomains: [] })).additionalDomains).toEqual([]);
  });

  test("is changed in the fields that are given and no other; 0 and null are values", async () => {
    const { db } = context;
    const company = await createCompany(db, {
      name: "Before",
      primaryDomain: newDomain(),
      billingEmail: "bills@example.org",
    });
    context.clock.advance({ minutes: 1 });
    const changes = { name: "After", maxSeats: 0, billingEmail: null, subscriptionStatus: "active" };
    const updated = await updateCompany(db, { id: company.id, ...changes });
    expect(updated).toEqual({ ...company, ...changes, updatedAt: context.clock.now() });
    expect(await getCompany(db, company.id)).toEqual(updated);
    context.clock.advance({ minutes: 1 });
    expect(await updateCompany(db, { id: company.id, ...changes })).toEqual(updated);
    expect(await auditedActions(db, "companies", company.id)).toEqual(["company_created", "company_updated"]);
  });

  test("cannot be given fewer seats than are taken", async () => {
    const { db } = context;
    const { id } = await createTestCompany(db, { max_seats: 5 });
    await createTestUser(db, { company_id: id });
    await createTestUser(db, { company_id: id });
    await createTestUser(db, { company_id: id, role: "demo" });
    await expect(updateCompany(db, { id, maxSeats: 1 })).rejects.toMatchObject({
      code: "SEATS_EXHAUSTED",
      field: "maxSeats",
    });
    expect((await updateCompany(db, { id, maxSeats: 2 })).maxSeats).toBe(2);
  });

  test("is not deleted while it has users, and is invisible once it is", async () => {
    const { db } = context;
    const { id, primaryDomain } = await createTestCompany(db);
    const user = await createTestUser(db, { company_id: id });
    await expect(deleteCompany(db, { id })).rejects.toMatchObject({ code: "REFERENCE_VIOLATION" });
    await transaction(db, (tx) => tx.executor.script(`UPDATE users SET deleted_at = created_at WHERE id = ${user.id}`));
    const deleted = await deleteCompany(db, { id });
    expect(deleted).toMatchObject({ deletedAt: context.clock.now(), isActive: false });
    expect(await getCompany(db, id)).toBeNull();
    expect(await findCompanyByDomain(db, primaryDomain)).toBeNull();
    expect((await listCompanies(db, { companyId: id })).items).toEqual([]);
    expect((await listCompanies(db, { companyId: id, includeDeleted: true })).items).toEqual([deleted]);
    await expect(updateCompany(db, { id, name: "Ghost" })).rejects.toBeInstanceOf(NotFoundError);
    await expect(deleteCompany(db, { id })).rejects.toBeInstanceOf(NotFoundError);
  });

  test("comes back as it was, once", async () => {
    const { db } = context;
    const company = await createCompany(db, { name: "Returns", primaryDomain: newDomain() });
    await deleteCompany(db, { id: company.id });
    const restored = await restoreCompany(db, { id: company.id });
    expect(restored).toEqual({ ...company, updatedAt: context.clock.now() });
    expect(await restoreCompany(db, { id: company.id })).toEqual(restored);
    const actions = ["company_created", "company_deleted", "company_restored"];
    expect(await auditedActions(db, "companies", company.id)).toEqual(actions);
    await expect(restoreCompany(db, { id: 987_654 })).rejects.toBeInstanceOf(NotFoundError);
  });

  test("is listed newest first, page by page, and found by a part of its name or domain", async () => {
    const { db } = context;
    const mark = uniqueWord();
    const ids: number[] = [];
    for (const name of [`${mark} 100%`, `${mark} 100 percent`, `${mark.toUpperCase()} under_score`]) {
      ids.unshift((await createCompany(db, { name, primaryDomain: newDomain() })).id);
    }
    const first = await listCompanies(db, { search: mark, limit: 2 });
    const second = await listCompanies(db, { search: mark, limit: 2, cursor: first.nextCursor ?? "" });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
    expect((await listCompanies(db, { search: `${mark} 100%` })).items).toHaveLength(1);
    expect((await listCompanies(db, { search: "r_s" })).items.map(({ id }) => id)).toContain(ids[0]);
    expect((await listCompanies(db, { search: `${mark}%` })).items).toEqual([]);
  });

  test("leaves neither itself nor an audit row behind when the transaction fails", async () => {
    const { db } = context;
    let made = 0;
    const outcome = transaction(db, async (tx) => {
      made = (await createCompany(tx, { name: "Undone", primaryDomain: newDomain() })).id;
      throw new Error("undone");
    });
    await expect(outcome).rejects.toThrow("undone");
    expect(made).toBeGreaterThan(0);
    expect(await getCompany(db, made)).toBeNull();
    expect(await auditedActions(db, "companies", made)).toEqual([]);
  });

  describe("attack", () => {
    test.each(hostileStrings)("the text %j is stored and searched as it is", async (text) => {
      const { db } = context;
      const company = await createCompany(db, { name: text, primaryDomain: newDomain(), subscriptionStatus: "x" });
      expect((await getCompany(db, company.id))?.name).toBe(text);
      const { items } = await listCompanies(db, { search: text, companyId: company.id });
      expect(items).toHaveLength(1);
      const elsewhere = await createTestCompany(db, { name: "plain" });
      expect((await listCompanies(db, { search: text, companyId: elsewhere.id })).items).toEqual([]);
      await expect(findCompanyByDomain(db, text)).rejects.toBeInstanceOf(ValidationError);
    });

    test.each(unprintableStrings)("the text %j is refused, by its field", async (text) => {
      const { db } = context;
      const company = { name: text, primaryDomain: newDomain() };
      await expect(createCompany(db, company)).rejects.toMatchObject({ field: "name" });
      await expect(listCompanies(db, { search: text })).rejects.toMatchObject({ field: "search" });
    });

    test.each(["deletedAt", "isActive", "createdAt", "name; DROP TABLE companies", "__proto__"])(
      "the field %j cannot be changed",
      async (field) => {
        const { db } = context;
        const { id } = await createTestCompany(db);
        const changes = JSON.parse(`{${JSON.stringify(field)}: 1}`) as object;
        await expect(updateCompany(db, { ...changes, id })).rejects.toMatchObject({ code: "INVALID_INPUT", field });
      },
    );

    test.each([0, -1, 1.5, Number.NaN, 2 ** 60, "1", "1 OR 1=1", null, {}])("%j is no id", async (id) => {
      const { db } = context;
      const wrong = id as number;
      await expect(getCompany(db, wrong)).rejects.toBeInstanceOf(ValidationError);
      await expect(updateCompany(db, { id: wrong })).rejects.toBeInstanceOf(ValidationError);
      await expect(deleteCompany(db, { id: wrong })).rejects.toBeInstanceOf(ValidationError);
    });
  });
});
