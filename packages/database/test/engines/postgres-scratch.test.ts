import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { urlOfDatabase } from "../../src/engines/postgres/backup/backup-connection.ts";
import { PostgresScratch } from "../../src/engines/postgres/backup/scratch-database.ts";
import { emptyPlace, type TestPlace } from "../support/engines.ts";

let place: TestPlace;
let name: string;
beforeAll(async () => {
  place = await emptyPlace("postgres");
  name = new URL(place.url).pathname.slice(1);
});
afterAll(() => place.remove());

/** A scratch database whose maker works from beside a database. */
async function scratchFrom(maintenance: string): Promise<PostgresScratch> {
  const wish = { like: name, owned: false, url: place.url };
  const scratch = await PostgresScratch.create(urlOfDatabase(place.url, maintenance), wish);
  if (scratch === null) throw new Error("The role of the tests may create databases.");
  return scratch;
}

describe("A scratch database", () => {
  test("is nobody's to drop while its maker lives, whichever database others work from", async () => {
    const scratch = await scratchFrom("postgres");
    const other = await scratchFrom(name);
    const third = await scratchFrom("template1");
    for (const one of [scratch, other, third]) expect(await one.check()).toMatchObject({ schemaVersion: null });
    for (const one of [scratch, other, third]) await one.discard();
  });
});
