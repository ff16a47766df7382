import { createCompany, createUser, openDatabase } from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engineNames, migratedPlace, type TestPlace } from "../../../database/test/support/engines.ts";
import { makeFinding } from "../../../database/test/support/surface/findings.ts";
import { nerveOn } from "../support/nerve.ts";

describe.each(engineNames)("nerve finding and nerve sla on %s", (engine) => {
  let place: TestPlace;
  let id = 0;
  let userId = 0;

  beforeAll(async () => {
    place = await migratedPlace(engine);
    const db = await openDatabase(place.url);
    const { id: companyId } = await createCompany(db, { name: "Example", primaryDomain: "example.org" });
    const account = { email: "ada@example.org", password: "moon river dance seven", role: "analyst" } as const;
    userId = (await createUser(db, { ...account, companyId })).id;
    id = (await makeFinding(db, { companyId })).id;
    await db.close();
  });
  afterAll(() => place.remove());

  async function ask(...words: string[]): Promise<unknown> {
    const { code, stdout, stderr } = await nerveOn(place.url, [...words, "--json"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return JSON.parse(stdout);
  }

  const found = () => ask("finding", "list");

  test("assign gives findings to a user, and to nobody", async () => {
    expect(await ask("finding", "assign", "ada@example.org", "--id", `${id}`)).toEqual({ changed: 1, unchanged: 0 });
    expect(await found()).toMatchObject({ findings: [{ id, assignedToUserId: userId }] });
    const { stdout } = await nerveOn(place.url, ["finding", "assign", "nobody", "--id", `${id}`]);
    expect(stdout).toContain("1 findings have been assigned; 0 already were.");
    expect(await found()).toMatchObject({ findings: [{ assignedToUserId: null }] });
  });

  test("tag, severity, note and delete-note change the finding", async () => {
    expect(await ask("finding", "tag", "--id", `${id}`, "--add", "Web", "--add", "pci")).toMatchObject({ changed: 1 });
    expect(await ask("finding", "tag", "--id", `${id}`, "--remove", "PCI")).toMatchObject({ changed: 1 });
    expect(await ask("finding", "list", "--tag", "web")).toMatchObject({ findings: [{ id }] });
    const rated = await ask("finding", "severity", `${id}`, "high", "--reason", "Everybody gets there.");
    expect(rated).toMatchObject({ severity: "high", severityOverridden: true });
    expect(await ask("finding", "severity", `${id}`, "reported")).toMatchObject({ severity: "medium" });
    const refused = await nerveOn(place.url, ["finding", "severity", `${id}`, "low"]);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("--reason") });
    const note = (await ask("finding", "note", `${id}`, "Looked at.")) as { id: number };
    expect(note).toMatchObject({ findingId: id, body: "Looked at." });
    expect(await ask("finding", "delete-note", `${id}`, `${note.id}`)).toEqual({ id: note.id });
  });

  test("sla set lays down what sla show tells", async () => {
    const days = ["--days", "14", "--exploited-days", "never"];
    expect(await ask("sla", "set", "--company", "example.org", "--severity", "medium", ...days)).toMatchObject({
      findings: 1,
    });
    expect(await ask("sla", "show")).toMatchObject({
      policies: [{ days: 7 }, { days: 30 }, { severity: "medium", days: 14, exploitedDays: null }, {}, {}],
    });
    const { stdout } = await nerveOn(place.url, ["sla", "show"]);
    expect(stdout).toMatch(/^SEVERITY +DAYS +EXPLOITED\n(?:.*\n)*medium +14 +never$/m);
  });
});
