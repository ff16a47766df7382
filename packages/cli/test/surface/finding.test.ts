import { createCompany, createUser, openDatabase } from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engineNames, migratedPlace, type TestPlace } from "../../../database/test/support/engines.ts";
import { makeFinding } from "../../../database/test/support/surface/findings.ts";
import { nerveOn } from "../support/nerve.ts";

describe.each(engineNames)("nerve finding on %s", (engine) => {
  let place: TestPlace;
  let ids: { high: number; closed: number };

  beforeAll(async () => {
    place = await migratedPlace(engine);
    const db = await openDatabase(place.url);
    const { id: companyId } = await createCompany(db, { name: "Example", primaryDomain: "example.org" });
    await createCompany(db, { name: "Other", primaryDomain: "example.net" });
    const { id: assignedToUserId } = await createUser(db, {
      email: "ada@example.org",
      password: "moon river dance seven",
      role: "analyst",
      companyId,
    });
    const high = await makeFinding(db, { companyId, severity: "high", title: "Open to all", assignedToUserId });
    const closed = await makeFinding(db, { companyId, status: "out_of_scope" });
    ids = { high: high.id, closed: closed.id };
    await db.close();
  });
  afterAll(() => place.remove());

  const run = (words: string) => nerveOn(place.url, words.split(" "));

  async function ask(words: string) {
    const { code, stdout, stderr } = await run(`${words} --json`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return JSON.parse(stdout) as { findings: { id: number }[]; nextCursor: string | null };
  }

  test("list shows a company's, narrowed by options", async () => {
    const found = async (options: string) => (await ask(`finding list ${options}`)).findings.map(({ id }) => id);
    expect(await found("--company example.org")).toEqual([ids.high, ids.closed]);
    expect(await found("--company example.org --no-open --sort changed")).toEqual([ids.closed]);
    expect(await found("--company example.org --severity high --open")).toEqual([ids.high]);
    expect(await found("--company example.org --assigned-to ada@example.org")).toEqual([ids.high]);
    expect(await found("--company example.net")).toEqual([]);
    const { stdout } = await run("finding list --company example.org --limit 1");
    expect(stdout).toMatch(/^ID +RISK +SEVERITY +STATUS +DUE +ASSET +SOURCE +TITLE/);
    expect(stdout).toMatch(/high +open .* Open to all/);
  });

  test("show tells what there is to know of one", async () => {
    const { stdout } = await run(`finding show ${ids.high}`);
    expect(stdout).toMatch(
      /^Finding \d+: Open to all, high, open\. It is on \S+\.example; nuclei found it by \S+\.\n$/,
    );
    const shown = JSON.parse((await run(`finding show ${ids.closed} --json`)).stdout) as object;
    expect(shown).toMatchObject({ id: ids.closed, status: "out_of_scope", rule: { source: "nuclei" }, notes: [] });
    expect(await run("finding show 999999")).toMatchObject({ code: 3, stdout: "" });
  });

  test("counts tells how many there are", async () => {
    const { stdout } = await run("finding counts --company example.org");
    expect(stdout).toBe(
      "2 findings. Status: open 1, out_of_scope 1. Severity: high 1, medium 1. Source: nuclei 2. Known to be exploited: 0.\n",
    );
    const narrowed = JSON.parse((await run("finding counts --company example.org --open --json")).stdout) as object;
    expect(narrowed).toMatchObject({ total: 1, more: false, severity: { high: 1, medium: 0 } });
    expect((await run("finding counts --company example.net")).stdout).toBe("There are none.\n");
  });

  test("list asks for the company where there are several, and names them", async () => {
    const { code, stderr } = await run("finding list");
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining("example.org, example.net") });
  });
});
