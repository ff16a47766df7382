import {
  acknowledgeSecurityEvent,
  createCompany,
  createUser,
  type Database,
  getAuditLogs,
  getSecurityEvents,
  listCompanies,
  logSecurityEvent,
  openDatabase,
  requireCompany,
  requireUser,
} from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migratedPlace, engineNames, type TestPlace } from "../../database/test/support/engines.ts";
import { summarize } from "../src/commands/user/summary.ts";
import { nerve, nerveOn } from "./support/nerve.ts";

/** A value as JSON gives it back. */
function inJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe.each(engineNames)("commands made from operations on %s", (engine) => {
  let place: TestPlace;
  let db: Database;
  let companyId = 0;
  let eventId = 0;
  beforeAll(async () => {
    place = await migratedPlace(engine);
    db = await openDatabase(place.url);
    companyId = (await createCompany(db, { name: "First", primaryDomain: "first.example", maxSeats: 9 })).id;
    const account = { email: "ada@first.example", password: "moon river dance seven", role: "analyst" } as const;
    const { id: userId } = await createUser(db, { ...account, companyId });
    for (const severity of ["low", "high"] as const) {
      const event = { eventType: "scan_failed", severity, description: "The scan failed.", userId };
      eventId = (await logSecurityEvent(db, event)).id;
    }
  });
  afterAll(async () => {
    await db.close();
    await place.remove();
  });

  const run = (words: string) => nerveOn(place.url, words.split(" "));

  async function ask(words: string): Promise<unknown> {
    const { code, stdout, stderr } = await run(`${words} --json`);
    expect({ words, code, stderr }).toEqual({ words, code: 0, stderr: "" });
    return JSON.parse(stdout);
  }

  test("what a list prints is what the library answers", async () => {
    const events = await getSecurityEvents(db, { severity: "high", eventType: "scan_failed", hours: 2, limit: 5 });
    expect(events.items).toHaveLength(1);
    expect(await ask("events --severity high --type scan_failed --hours 2 --limit 5")).toEqual(
      inJson({ events: events.items, nextCursor: null }),
    );
    const first = await getAuditLogs(db, { limit: 1 });
    expect(first.nextCursor).not.toBeNull();
    const page = await ask("audit --limit 1");
    expect(page).toEqual(inJson({ entries: first.items, nextCursor: first.nextCursor }));
    const companies = await listCompanies(db, { search: "irst" });
    expect(companies.items).toHaveLength(1);
    expect(await ask("company list --search irst")).toEqual(inJson({ companies: companies.items, nextCursor: null }));
    const ids = { resourceType: "companies", resourceId: companyId };
    expect(await ask(`audit --resource-type companies --resource-id ${companyId}`)).toEqual(
      inJson({ entries: (await getAuditLogs(db, ids)).items, nextCursor: null }),
    );
  });

  test("an option takes times, and a flag or its contrary", async () => {
    const { events } = (await ask("events --since 2020-01-01T00:00:00Z --no-acknowledged")) as { events: object[] };
    const same = await getSecurityEvents(db, { since: new Date("2020-01-01T00:00:00Z"), acknowledged: false });
    expect(events).toEqual(inJson(same.items));
    expect(events).not.toEqual([]);
    expect(await ask("events --acknowledged")).toEqual({ events: [], nextCursor: null });
    expect(await ask("events --until 2020-01-01T00:00:00Z")).toEqual({ events: [], nextCursor: null });
  });

  test("a word is a field, and the answer the record as it then is", async () => {
    const answer = await ask(`event acknowledge ${eventId}`);
    expect(answer).toMatchObject({ id: eventId, acknowledged: true, acknowledgedBy: null });
    expect(answer).toEqual(inJson(await acknowledgeSecurityEvent(db, { id: eventId })));
    const { items } = await getAuditLogs(db, { action: "security_event_acknowledged" });
    expect(items).toMatchObject([{ userId: null, userAgent: "nerve command line", companyId }]);
    expect((await run(`event acknowledge ${eventId}`)).stdout).toBe(
      `Event ${eventId} (scan_failed) is acknowledged.\n`,
    );
  });

  test("a record that is made, or found by an address, is the library's", async () => {
    const domains = "--additional-domain b.example --additional-domain c.example";
    const made = (await ask(`company create --name Second --domain a.example --seats 2 ${domains}`)) as { id: number };
    expect(made).toEqual(inJson(await requireCompany(db, { id: made.id })));
    expect(made).toMatchObject({ maxSeats: 2, maxDomains: 3, additionalDomains: ["b.example", "c.example"] });
    const user = (await ask("user suspend ADA@first.example --reason Left")) as { id: number };
    expect(user).toEqual(inJson(summarize(await requireUser(db, { id: user.id }))));
    expect(await ask("user list --company first.example --status suspended")).toEqual({
      users: [user],
      nextCursor: null,
    });
    const { items } = await getAuditLogs(db, { action: "user_suspended" });
    expect(items).toMatchObject([{ description: "Left", userAgent: "nerve command line" }]);
  });

  test.each([
    ["event acknowledge 0", 2, "id must be at least 1"],
    ["event acknowledge first", 2, "It must be a whole number."],
    ["event acknowledge", 2, "missing required argument 'id'"],
    ["event acknowledge 987654", 3, "Record not found."],
    ["events --severity grave", 2, "Allowed choices are info"],
    ["events --since yesterday", 2, "It must be a time such as"],
    ["events --since 2020-01-01T00:00:00Z --hours 3", 2, "--hours cannot be combined with since"],
    ["company create --name X --domain x.example --seats 99999999999", 2, "--seats must be"],
    ["company create --name X --domain x.example --additional-domain -", 2, "--additional-domain "],
    ["company create --name X --domain x.example --billing-email x", 2, "--billing-email is not"],
    ["audit --action", 2, "argument missing"],
    ["audit --limit 5000", 2, "--limit must be at most 1000"],
    ["user list --company nowhere.example", 3, "No company has the domain nowhere.example."],
  ])("a fault names the option: %s", async (words, code, fault) => {
    expect(await run(words)).toEqual({ code, stdout: "", stderr: expect.stringContaining(fault) });
  });

  test("the help says what each option is, and what it may be", async () => {
    const { stdout } = await nerve(["events", "--help"]);
    expect(stdout).toMatch(/--limit <n> +.*\(1 to 1000, default 100\)/);
    expect(stdout).toMatch(/--user-id <n> /);
    expect(stdout).toMatch(/--cursor <cursor> +the nextCursor of the page before/);
    expect((await nerve(["event", "--help"])).stdout).toMatch(/acknowledge .*<id> +acknowledge a security event/);
  });
});
