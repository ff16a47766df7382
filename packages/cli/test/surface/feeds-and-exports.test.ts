import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCompany, openDatabase } from "@nerve/database";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engineNames, migratedPlace, type TestPlace } from "../../../database/test/support/engines.ts";
import { makeFinding } from "../../../database/test/support/surface/findings.ts";
import { epssOf, kevOf } from "../../../database/test/surface/support/feeds.ts";
import { nerveOn } from "../support/nerve.ts";

describe.each(engineNames)("feeds and exports on %s", (engine) => {
  let place: TestPlace;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nerve-feeds-"));
    place = await migratedPlace(engine);
    const db = await openDatabase(place.url);
    const { id: companyId } = await createCompany(db, { name: "Example", primaryDomain: "example.org" });
    await makeFinding(db, { companyId, severity: "high", title: "Open to all" });
    await makeFinding(db, { companyId, status: "out_of_scope", title: "Elsewhere" });
    await db.close();
  });
  afterAll(async () => {
    await place.remove();
    await rm(folder, { recursive: true });
  });

  const run = (...words: string[]) => nerveOn(place.url, words);
  const file = (name: string) => join(folder, name);

  test("import epss and kev load files, and tell what became of them", async () => {
    await writeFile(file("epss.csv"), epssOf({ "CVE-2026-10001": 0.5, "CVE-2026-10002": 0.5, "CVE-2026-10003": 0.5 }));
    await writeFile(file("fewer.csv"), epssOf({ "CVE-2026-10001": 0.5 }));
    await writeFile(file("kev.json"), kevOf(["CVE-2026-10001"]));
    const { code, stdout } = await run("import", "epss", file("epss.csv"));
    expect([code, stdout]).toEqual([
      0,
      "3 rows: 3 new, 0 changed, 0 gone.\n0 findings followed, 0 of which are now known to be exploited.\n",
    ]);
    const kev = await run("import", "kev", file("kev.json"), "--json");
    expect(JSON.parse(kev.stdout)).toMatchObject({ rows: 1, added: 1, exploited: 0 });
    const fewer = await run("import", "epss", file("fewer.csv"));
    expect([fewer.code, fewer.stderr]).toEqual([3, expect.stringContaining("fewer than half")]);
    expect((await run("import", "epss", file("fewer.csv"), "--force")).code).toBe(0);
    expect((await run("import", "kev", file("none.json"))).stderr).toContain("none.json");
  });

  test("finding export writes a new file that is private", async () => {
    const { code, stdout } = await run("finding", "export", file("all.csv"), "--format", "csv", "--json");
    expect(code).toBe(0);
    const text = await readFile(file("all.csv"), "utf8");
    expect(JSON.parse(stdout)).toEqual({ file: file("all.csv"), format: "csv", bytes: Buffer.byteLength(text) });
    expect(text).toMatch(/Open to all[^]*Elsewhere/);
    expect((await stat(file("all.csv"))).mode & 0o777).toBe(0o600);
    await run("finding", "export", file("open.jsonl"), "--format", "jsonl", "--open", "--company", "example.org");
    expect(await readFile(file("open.jsonl"), "utf8")).toMatch(/^[^\n]*Open to all[^\n]*\n$/);
  });

  test("finding export writes over nothing, and leaves nothing where it is refused", async () => {
    await writeFile(file("mine.csv"), "mine");
    const { code, stderr } = await run("finding", "export", file("mine.csv"), "--format", "csv");
    expect([code, stderr]).toEqual([3, expect.stringContaining("mine.csv")]);
    expect(await readFile(file("mine.csv"), "utf8")).toBe("mine");
    expect((await run("finding", "export", file("bad.csv"), "--format", "csv", "--severity", "bad")).code).toBe(2);
    await expect(stat(file("bad.csv"))).rejects.toMatchObject({ code: "ENOENT" });
  });
});
