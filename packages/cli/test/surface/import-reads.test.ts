import { createCompany, openDatabase } from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engineNames, migratedPlace, type TestPlace } from "../../../database/test/support/engines.ts";
import { importLines } from "../../../database/test/surface/support/reports.ts";
import { nerveOn } from "../support/nerve.ts";

describe.each(engineNames)("nerve import on %s", (engine) => {
  let place: TestPlace;
  const made: number[] = [];

  beforeAll(async () => {
    place = await migratedPlace(engine);
    const db = await openDatabase(place.url);
    const { id: companyId } = await createCompany(db, { name: "Example", primaryDomain: "example.org" });
    await createCompany(db, { name: "Other", primaryDomain: "example.net" });
    const many = Array.from({ length: 20 }, (_, at) => ({ rule: `rule-${at}` }));
    for (const lines of [many, []]) made.unshift((await importLines(db, companyId, lines)).importId);
    await db.close();
  });
  afterAll(() => place.remove());

  const run = (words: string) => nerveOn(place.url, words.split(" "));

  async function ask(words: string) {
    const { code, stdout, stderr } = await run(`${words} --json`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return JSON.parse(stdout) as { imports: { importId: number }[] };
  }

  test("list shows a company's, newest first, narrowed by options", async () => {
    const found = async (options: string) => (await ask(`import list ${options}`)).imports.map((one) => one.importId);
    expect(await found("--company example.org")).toEqual(made);
    expect(await found("--company example.org --status undone")).toEqual([]);
    expect(await found("--company example.net")).toEqual([]);
    const { stdout } = await run("import list --company example.org");
    expect(stdout).toMatch(/^ID +STARTED +STATUS +SOURCE +SERIES +FILE +FINDINGS +NEW +CLOSED +HELD/);
  });

  test("show tells what an import did, and what waits", async () => {
    const { stdout } = await run(`import show ${made[0]}`);
    expect(stdout).toContain(`Closing 20 waits for \`nerve import confirm ${made[0]}\`.`);
    expect(await ask(`import show ${made[1]}`)).toMatchObject({ importId: made[1], created: 20, rejects: [] });
    expect((await run("import show 4711")).code).toBe(3);
  });
});
