import { createCompany, type Database, openDatabase } from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engineNames, migratedPlace, type TestPlace } from "../../../database/test/support/engines.ts";
import { makeFinding } from "../../../database/test/support/surface/findings.ts";
import { nerveOn } from "../support/nerve.ts";

describe.each(engineNames)("nerve finding decide and nerve risk on %s", (engine) => {
  let place: TestPlace;
  let db: Database;
  let companyId: number;

  beforeAll(async () => {
    place = await migratedPlace(engine);
    db = await openDatabase(place.url);
    companyId = (await createCompany(db, { name: "Example", primaryDomain: "example.org" })).id;
  });
  afterAll(async () => {
    await db.close();
    await place.remove();
  });

  async function ask(...words: string[]) {
    const { code, stdout, stderr } = await nerveOn(place.url, [...words, "--json"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  const decide = (...words: string[]) => ask("finding", "decide", "--reason", "Looked at.", ...words);

  test("decides on findings by their ids", async () => {
    const [one, two] = [await makeFinding(db, { companyId }), await makeFinding(db, { companyId, status: "resolved" })];
    const answer = await decide("--action", "false-positive", "--id", `${one.id}`, "--id", `${two.id}`);
    expect(answer).toEqual({ changed: 1, unchanged: 0, refused: [{ id: two.id, code: "TRANSITION_REFUSED" }] });
    const refused = await nerveOn(place.url, `finding decide --action fixed --reason Done --id ${one.id}`.split(" "));
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain("A finding that is false_positive cannot become fixed.");
  });

  test("decides on what options narrow it to, if that is as many as expected", async () => {
    for (const severity of ["info", "info", "high"] as const) await makeFinding(db, { companyId, severity });
    const words = [
      "finding",
      "decide",
      "--action",
      "out-of-scope",
      "--reason",
      "Theirs",
      "--severity",
      "info",
      "--open",
    ];
    const { code, stderr } = await nerveOn(place.url, [...words, "--expect", "3"]);
    expect({ code, stderr }).toEqual({
      code: expect.any(Number),
      stderr: expect.stringContaining("matches 2 findings"),
    });
    expect(code).not.toBe(0);
    const { stdout } = await nerveOn(place.url, [...words, "--expect", "2", "--company", "example.org"]);
    expect(stdout).toBe("2 changed, 0 had been decided so already, 0 refused.\n");
  });

  test("accepts a risk, which is then listed until it is revoked", async () => {
    const { id } = await makeFinding(db, { companyId, severity: "low" });
    const until = new Date(db.clock.now().getTime() + 30 * 86_400_000).toISOString();
    await decide("--action", "accept-risk", "--until", until, "--id", `${id}`);
    const { acceptances } = (await ask("risk", "list")) as { acceptances: { id: number }[] };
    expect(acceptances).toMatchObject([{ state: "live", findings: 1, expiresAt: until, maxSeverity: "low" }]);
    const acceptance = `${acceptances[0]?.id}`;
    expect(await ask("risk", "revoke", acceptance, "--reason", "No more.")).toEqual({
      id: Number(acceptance),
      opened: 1,
    });
    expect(await ask("risk", "list")).toEqual({ acceptances: [], nextCursor: null });
    const { stdout } = await nerveOn(place.url, ["risk", "list", "--state", "revoked"]);
    expect(stdout).toMatch(/^ID +ENDS +STATE +UP TO +FINDINGS +REASON\n.* revoked +low +0 +Looked at\./);
  });
});
