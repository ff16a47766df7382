import { expect, test } from "vitest";
import { systemCaller, systemCallerFor } from "../../src/access/caller.ts";
import { anyTable } from "../../src/database/any-table.ts";
import type { Handle } from "../../src/database/handle.ts";
import { fetchAll } from "../../src/database/statement.ts";
import { DatabaseError } from "../../src/errors/index.ts";
import * as nerve from "../../src/index.ts";
import { createTestCompany, createTestUser, uniqueWord } from "../support/people/accounts.ts";
import { inCompany, onlyOwn } from "../support/people/callers.ts";
import { describeOnEachEngine } from "../support/engines.ts";
import { randomFrom } from "../support/random.ts";

/** Of nobody's company, a user still deletes their own scans of any company: the row of the log is that company's. */
const anyOfTheirs = "any of theirs";

/** Who was in no company arrives in one: that is the company's to know; what ended before was nobody's. */
const arrival = "arrival";

/** A company's id; null for what belongs to none. */
type Place = number | null;

/** Tables whose records stay with the company that they were written for. */
const kept = ["xasm_scan_history", "lightbox_scan_history", "security_events", "login_attempts", "audit_logs"] as const;

interface Kept {
  readonly id: number;
  readonly companyId: Place;
}

async function keptRows(db: Handle): Promise<Map<string, Place>> {
  const found = new Map<string, Place>();
  for (const table of kept) {
    const query = anyTable(db).selectFrom(table).select(["id", "company_id"]);
    const rows = (await fetchAll(db, query as never)) as unknown as Kept[];
    for (const { id, companyId } of rows) found.set(`${table} ${id}`, companyId);
  }
  return found;
}

/** What somebody of a company's scope reads of each table, by the same names. */
async function readBy(db: Handle, companyId: number): Promise<string[]> {
  const caller = inCompany(companyId);
  const lists = {
    xasm_scan_history: nerve.getXasmScanHistory(db, { limit: 1000 }, caller),
    lightbox_scan_history: nerve.getLightboxScanHistory(db, { limit: 1000 }, caller),
    security_events: nerve.getSecurityEvents(db, { limit: 1000 }, caller),
    login_attempts: nerve.getLoginAttempts(db, { limit: 1000 }, caller),
    audit_logs: nerve.getAuditLogs(db, { limit: 1000 }, caller),
  } satisfies Record<(typeof kept)[number], Promise<unknown>>;
  const found = await Promise.all(
    Object.entries(lists).map(async ([table, page]) => (await page).items.map(({ id }) => `${table} ${id}`)),
  );
  return found.flat();
}

interface Person {
  readonly id: number;
  readonly email: string;
  at: Place;
  isDeleted: boolean;
}

describeOnEachEngine("Users who move between companies", (context) => {
  test.each([1, 2, 3, 4, 5, 6])("leave what they did where they did it (seed %i)", async (seed) => {
    const { db } = context;
    const random = randomFrom(seed);
    const companies: number[] = [];
    for (let count = 0; count < 3; count += 1) companies.push((await createTestCompany(db)).id);
    const people: Person[] = [];
    for (const at of [...companies, ...companies, null]) {
      people.push({ ...(await createTestUser(db, { company_id: at })), at, isDeleted: false });
    }
    // Who reaches every company is at home in one: what they do to others is none of its records.
    const administrators = [systemCaller];
    for (const at of [...companies, null]) {
      const { id: userId } = await createTestUser(db, { company_id: at });
      administrators.push(systemCallerFor({ userId }));
    }
    // Ids that several companies use, so that scans of one id stand beside each other.
    const scanIds = Array.from({ length: 3 }, uniqueWord);
    const ipAddress = "192.0.2.7";

    let moved = 0;
    /** One random step; its answer is the company that what it writes is written for. */
    async function step(): Promise<Place | typeof anyOfTheirs | typeof arrival> {
      const person = random.pick(people);
      const { id, email, at, isDeleted } = person;
      const own = onlyOwn(id);
      const administrator = random.pick(administrators);
      const scan = { scanId: random.pick(scanIds), target: "example.org", results: {} };
      if (isDeleted) {
        await nerve.restoreUser(db, { id }, administrator);
        person.isDeleted = false;
        return at;
      }
      switch (random.below(11)) {
        case 0:
        case 1: {
          const to = random.pick([...companies, null]);
          moved = id;
          await nerve.moveUserToCompany(db, { id, companyId: to }, administrator);
          person.at = to;
          return at ?? arrival;
        }
        case 2:
          await nerve.saveXasmScan(db, scan, own);
          return at;
        case 3:
          await nerve.saveLightboxScan(db, scan, own);
          return at;
        case 4: {
          const { scanId } = scan;
          const erase = random.pick([nerve.deleteXasmScan, nerve.deleteLightboxScan]);
          await erase(db, { scanId }, at === null ? own : inCompany(at, { userId: id }));
          return at ?? anyOfTheirs;
        }
        case 5:
          await nerve.logSecurityEvent(db, { eventType: "test", severity: "low", description: "Test.", userId: id });
          return at;
        case 6:
          await nerve.logLoginAttempt(db, { email, success: false, ipAddress, userId: id });
          return at;
        case 7:
          await nerve.createSession(db, { userId: id, ipAddress });
          return at;
        case 8:
          await nerve.createApiKey(db, { userId: id, name: "Test", actor: administrator.actor });
          return at;
        case 9:
          await nerve.suspendUser(db, { id }, administrator);
          await nerve.reinstateUser(db, { id }, administrator);
          return at;
        default:
          await nerve.deleteUser(db, { id }, administrator);
          person.isDeleted = true;
          return at;
      }
    }

    let known = await keptRows(db);
    for (let count = 0; count < 60; count += 1) {
      context.clock.advance({ seconds: 1 });
      const company = await step().catch((error: unknown) => {
        // A scan id of somebody else's, or of nobody's: the step is refused, and writes nothing.
        if (error instanceof DatabaseError && error.status < 500) return "refused" as const;
        throw error;
      });
      const now = await keptRows(db);
      const before = Array.from(known, ([name]) => [name, now.get(name)]);
      expect(before, "no record changes its company").toEqual([...known]);
      const written = [...now].filter(([name]) => !known.has(name));
      if (company === "refused") expect(written).toEqual([]);
      else if (company === arrival) {
        const { companyId } = await nerve.requireUser(db, { id: moved });
        const places = written.map(([, place]) => place);
        expect(places.filter((place) => place !== null)).toEqual(companyId === null ? [] : [companyId]);
      } else if (company !== anyOfTheirs) {
        expect(written).toEqual(written.map(([name]) => [name, company]));
      }
      known = now;
    }
    expect(known.size).toBeGreaterThan(30);
    for (const company of companies) {
      const read = await readBy(db, company);
      expect(read.map((name) => [name, known.get(name)])).toEqual(read.map((name) => [name, company]));
      expect(read).not.toEqual([]);
      for (const other of companies.filter((one) => one !== company)) {
        for (const list of [nerve.getAuditLogs, nerve.getSecurityEvents, nerve.getXasmScanHistory] as const) {
          const { items } = await list(db, { companyId: other }, inCompany(company));
          expect(items).toEqual([]);
        }
      }
    }
  });
});
