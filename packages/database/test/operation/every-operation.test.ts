import { beforeAll, describe, expect, test } from "vitest";
import { type Caller, systemCallerFor } from "../../src/access/caller.ts";
import type { Handle } from "../../src/database/handle.ts";
import { fetchFirst } from "../../src/database/statement.ts";
import { DatabaseError } from "../../src/errors/index.ts";
import { deleteCompany } from "../../src/identity/companies/index.ts";
import { deleteUser } from "../../src/identity/users/index.ts";
import { createTestCompany, createTestUser } from "../support/people/accounts.ts";
import { inCompany, on, onlyOwn } from "../support/people/callers.ts";
import { describeOnEachEngine } from "../support/engines.ts";
import { hostileStrings } from "../support/hostile.ts";
import { allOperations, namesRecord, type NamedOperation, textFields } from "./operations.ts";
import { snapshot } from "./snapshot.ts";
import { makers, type World } from "./makers.ts";

const made = allOperations.filter(({ name }) => name in makers);

/** Codes of faults that are the server's own. */
function isServerFault(error: unknown): boolean {
  return !(error instanceof DatabaseError) || error.status >= 500;
}

/** What a call is given, who makes it, and how it is refused. */
type Refused = readonly [input: object, caller: Caller, wanted: object];

function call(db: Handle, { operation }: NamedOperation, input: object, caller: Caller): Promise<unknown> {
  return operation(db, input as never, caller);
}

describeOnEachEngine("Every operation", (context) => {
  let world: World = { companyId: 0, ownerId: 0 };
  let colleagueId = 0;
  let outsiderId = 0;
  let elsewhere = 0;
  beforeAll(async () => {
    const { db } = context;
    const { id: companyId } = await createTestCompany(db, { max_seats: 10_000 });
    world = { companyId, ownerId: (await createTestUser(db, { company_id: companyId })).id };
    colleagueId = (await createTestUser(db, { company_id: companyId })).id;
    elsewhere = (await createTestCompany(db)).id;
    outsiderId = (await createTestUser(db, { company_id: elsewhere })).id;
  });

  const inputOf = async ({ name }: NamedOperation) => (await makers[name]?.(context.db, world)) ?? {};

  /** Makes sure that calls are refused with a code, and that every row is as it was. */
  async function expectRefusals(one: NamedOperation, calls: readonly Refused[]): Promise<void> {
    const before = await snapshot(context.db);
    for (const [input, caller, wanted] of calls)
      await expect(call(context.db, one, input, caller)).rejects.toMatchObject(wanted);
    expect(await snapshot(context.db)).toEqual(before);
  }

  describe("refuses a field that it does not know before it looks at anything else", () => {
    test.each(allOperations)("$name", async (one) => {
      const outcome = call(context.db, one, { intruder: 1 }, on({ userId: world.ownerId }));
      await expect(outcome).rejects.toMatchObject({
        code: "INVALID_INPUT",
        issues: expect.arrayContaining([{ field: "intruder", message: "is not a known field" }]),
      });
      const input = { ...(await inputOf(one)), intruder: 1 };
      const wanted = { code: "INVALID_INPUT", issues: [{ field: "intruder", message: "is not a known field" }] };
      await expectRefusals(one, [[input, inCompany(elsewhere, { userId: outsiderId }), wanted]]);
    });
  });

  describe("attack: finds no record", () => {
    test.each(made.filter(namesRecord))("$name", async (one) => {
      const input = await inputOf(one);
      const notFound = { code: "NOT_FOUND" };
      const named = { ...input, userId: world.ownerId };
      await expectRefusals(one, [
        [input, inCompany(elsewhere, { userId: outsiderId }), notFound],
        [input, onlyOwn(outsiderId), notFound],
        [input, onlyOwn(colleagueId), notFound],
        ...("userId" in one.operation.description.fields
          ? ([
              [named, inCompany(elsewhere, { userId: outsiderId }), notFound],
              [named, onlyOwn(colleagueId), notFound],
            ] as const)
          : []),
      ]);
    });
  });

  describe("attack: tells nothing of a record that is deleted, or whose company is full or deleted", () => {
    test.each(made.filter(({ operation }) => "id" in operation.description.fields))("$name", async (one) => {
      const input = await inputOf(one);
      const notFound = { code: "NOT_FOUND" };
      const ids = await recordsOutOfReach(context.db);
      const callers = [inCompany(elsewhere, { userId: outsiderId }), onlyOwn(colleagueId)];
      await expectRefusals(
        one,
        ids.flatMap((id) => callers.map((caller) => [{ ...input, id }, caller, notFound] as const)),
      );
    });
  });

  describe("takes a scan id of another company for its own", () => {
    test.each(made.filter(({ name }) => name.startsWith("save")))("$name", async (one) => {
      const input = await inputOf(one);
      const first = await call(context.db, one, input, onlyOwn(world.ownerId));
      const second = await call(context.db, one, input, onlyOwn(outsiderId));
      expect(second).not.toMatchObject({ id: (first as { id: number }).id });
    });
  });

  describe("that changes something leaves a row of the audit log that names the actor", () => {
    test.each(made.filter(({ operation }) => operation.description.kind === "changing"))("$name", async (one) => {
      const { db } = context;
      const input = await inputOf(one);
      const before = await countAudited(db, world.ownerId);
      await call(db, one, input, on({ userId: world.ownerId }));
      expect(await countAudited(db, world.ownerId)).toBeGreaterThan(before);
    });
  });

  describe("that gives rights takes a fresh sign-in, and no key", () => {
    test.each(allOperations.filter(({ operation }) => operation.description.fresh))("$name", async (one) => {
      const input = await inputOf(one);
      const caller = systemCallerFor({ userId: world.ownerId });
      await expectRefusals(one, [
        [input, { ...caller, proof: "key" }, { code: "PERMISSION_DENIED" }],
        [input, { ...caller, proof: "session" }, { code: "FRESH_SIGN_IN_NEEDED" }],
      ]);
      await expect(call(context.db, one, input, { ...caller, proof: "fresh" })).resolves.toBeDefined();
    });
  });

  describe("attack: stores a hostile text as data, or refuses it", () => {
    test.each(textFields)("$name: $field", async ({ field, schema, carry, ...one }) => {
      const { db } = context;
      for (const attack of [...hostileStrings, "a\0b", "a\uD800b"]) {
        const input = { ...(await inputOf(one)), [field]: carry(attack) };
        const { success, data } = schema.safeParse(carry(attack));
        // Hashing is slow on purpose, and a password is data to nobody else.
        if (success && field === "password") continue;
        const answer: unknown = await call(db, one, input, on({ userId: world.ownerId })).catch(
          (error: unknown) => error,
        );
        if (answer instanceof Error) {
          expect(isServerFault(answer), String(answer)).toBe(false);
          continue;
        }
        expect(success).toBe(true);
        if (typeof answer === "object" && answer !== null && field in answer) {
          expect(answer).toMatchObject({ [field]: data });
        }
      }
    });
  });
});

/** Ids that no user of a test has, for else a company's would name the caller; apart, since SQLite goes on from each. */
let lastCompany = 1_000_000;

/** A user of a full company, one who was deleted before it was, that company, and one that is deleted itself. */
async function recordsOutOfReach(db: Handle): Promise<number[]> {
  const { id: full } = await createTestCompany(db, { id: (lastCompany += 1000), max_seats: 1 });
  const { id: former } = await createTestUser(db, { company_id: full });
  await deleteUser(db, { id: former });
  const { id: present } = await createTestUser(db, { company_id: full });
  const { id: gone } = await createTestCompany(db, { id: (lastCompany += 1000) });
  await deleteCompany(db, { id: gone });
  return [former, present, full, gone];
}

async function countAudited(db: Handle, userId: number): Promise<number> {
  const query = db.sql
    .selectFrom("audit_logs")
    .select(({ fn }) => fn.countAll<number>().as("rows"))
    .where("user_id", "=", userId);
  return (await fetchFirst(db, query))?.rows ?? 0;
}
