import { createCompany, openDatabase } from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engineNames, migratedPlace, type TestPlace } from "../../../database/test/support/engines.ts";
import { makeAsset, makeFinding } from "../../../database/test/support/surface/findings.ts";
import { nerveOn } from "../support/nerve.ts";

describe.each(engineNames)("nerve asset on %s", (engine) => {
  let place: TestPlace;
  let ids: { first: number; second: number };

  beforeAll(async () => {
    place = await migratedPlace(engine);
    const db = await openDatabase(place.url);
    const { id: companyId } = await createCompany(db, { name: "Example", primaryDomain: "example.org" });
    await createCompany(db, { name: "Other", primaryDomain: "example.net" });
    const first = await makeAsset(db, { companyId, name: "www.example.org", key: "www.example.org" });
    const second = await makeAsset(db, { companyId, name: "192.0.2.1", key: "192.0.2.1" });
    await makeFinding(db, { companyId, assetId: second.id, severity: "high" });
    ids = { first: first.id, second: second.id };
    await db.close();
  });
  afterAll(() => place.remove());

  const run = (words: string) => nerveOn(place.url, words.split(" "));

  async function list(options: string) {
    const { code, stdout, stderr } = await run(`asset list ${options} --json`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return (JSON.parse(stdout) as { assets: { id: number }[] }).assets.map(({ id }) => id);
  }

  test("list, show and merge", async () => {
    expect(await list("--company example.org")).toEqual([ids.second, ids.first]);
    expect(await list("--company example.org --name WWW")).toEqual([ids.first]);
    expect(await list("--company example.net")).toEqual([]);
    const shown = await run(`asset show ${ids.second}`);
    expect(shown.stdout).toContain("Open findings: 1, the worst high.");
    const updated = await run(`asset update ${ids.first} --criticality 4`);
    expect(updated.stdout).toContain("is active, of criticality 4, with 0 open findings.");
    const tagged = await run(`asset tag --id ${ids.first} --id ${ids.second} --add Exposed`);
    expect(tagged.stdout).toContain("2 assets have other tags; 0 are as they were.");
    expect(await list("--company example.org --tag exposed")).toEqual([ids.second, ids.first]);
    const merged = await run(`asset merge ${ids.first} --from ${ids.second}`);
    expect(merged.stdout).toContain(`Asset ${ids.first} stays: 1 findings have come to it`);
    expect(await list("--company example.org")).toEqual([ids.first]);
  });
});
