import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "../../../src/opening/open-database.ts";
import type { Database } from "../../../src/database/handle.ts";
import { runQuery } from "../../../src/database/statement.ts";
import { readSchema } from "../../../src/operations/moving/copy/progress-record.ts";
import { copyDatabase } from "../../../src/operations/moving/index.ts";
import { emptyPlace, migratedPlace, engineNames, testKeys, type TestPlace } from "../../support/engines.ts";
import { indexEntries } from "../../support/json-search.ts";
import { fill, freshDatabase, now, readAll, stamps } from "./awkward-database.ts";

const packageIndex = fileURLToPath(new URL("../../../src/index.ts", import.meta.url));

/** Copies in a process of its own that is killed, as by `kill -9`, when its progress says what is given. */
async function copyUntil(
  from: string,
  to: string,
  moment: { step?: string; table?: string },
  resume: boolean,
): Promise<unknown> {
  const script = `
    const { copyDatabase } = await import(${JSON.stringify(packageIndex)});
    const moment = ${JSON.stringify(moment)};
    const onProgress = (progress) => {
      if (Object.keys(moment).every((key) => progress[key] === moment[key])) process.kill(process.pid, "SIGKILL");
    };
    await copyDatabase(${JSON.stringify(from)}, ${JSON.stringify(to)}, { resume: ${resume}, onProgress });`;
  const child = spawn(process.execPath, ["--conditions=@nerve/source", "--input-type=module", "--eval", script], {
    stdio: "inherit",
  });
  const [, signal] = (await once(child, "exit")) as [unknown, unknown];
  return signal;
}

describe.each(engineNames)("A copy to %s that was killed", (engine) => {
  let from: TestPlace;
  let to: TestPlace;
  let source: Database;

  beforeAll(async () => {
    from = await migratedPlace("sqlite");
    to = await emptyPlace(engine);
    source = await openDatabase(from.url, { keys: testKeys, synchronous: "normal" });
    await fill(source);
    expect(await copyUntil(from.url, to.url, { table: "security_events", step: "rows" }, false)).toBe("SIGKILL");
  });
  afterAll(async () => {
    await source.close();
    await Promise.all([from.remove(), to.remove()]);
  });

  test("is not begun anew by accident, nor taken up from another source", async () => {
    await expect(copyDatabase(from.url, to.url)).rejects.toMatchObject({ code: "CONFLICT" });
    await using other = await freshDatabase("sqlite");
    await expect(copyDatabase(other.db, to.url, { resume: true })).rejects.toMatchObject({ code: "CONFLICT" });
  });

  test("goes on where it was, even when it is killed once more while it makes the indexes", async () => {
    expect(await copyUntil(from.url, to.url, { step: "indexes" }, true)).toBe("SIGKILL");
    const steps = new Set<string>();
    const summary = await copyDatabase(from.url, to.url, { resume: true, onProgress: ({ step }) => steps.add(step) });
    expect(steps).not.toContain("rows");
    const content = await readAll(source);
    for (const { table, written, checksumMatch } of summary.tables) {
      expect({ table, written, checksumMatch }).toEqual({
        table,
        written: content[table]?.length,
        checksumMatch: true,
      });
    }
    await using target = await openDatabase(to.url, { keys: testKeys, migrations: "refuse" });
    expect(await readAll(target)).toEqual(content);
    if (engine === "sqlite") expect(await indexEntries(target)).toEqual(await indexEntries(source));
    await using fresh = await freshDatabase(engine);
    expect(await readSchema(target)).toEqual(await readSchema(fresh.db));
    expect(await target.connection.dialect.exportSchema(target.executor)).not.toContainEqual(
      expect.stringContaining("copy_progress"),
    );
  });

  test("starts over when the source has changed since, so that the result is one moment's state", async () => {
    const place = await emptyPlace(engine);
    expect(await copyUntil(from.url, place.url, { step: "indexes" }, false)).toBe("SIGKILL");
    const late = { email: "late@one.example", password_hash: "$x$", role: "user", ...stamps } as const;
    await runQuery(source, source.sql.insertInto("users").values({ id: 901, ...late }));
    const event = { event_type: "late", severity: "low", description: "late", user_id: 901, created_at: now };
    await runQuery(source, source.sql.insertInto("security_events").values(event));
    const summary = await copyDatabase(from.url, place.url, { resume: true });
    expect(summary.tables.every(({ checksumMatch }) => checksumMatch)).toBe(true);
    await using target = await openDatabase(place.url, { keys: testKeys, migrations: "refuse" });
    expect(await readAll(target)).toEqual(await readAll(source));
    if (engine === "sqlite") expect(await indexEntries(target)).toEqual(await indexEntries(source));
    await target.close();
    await place.remove();
  });
});
