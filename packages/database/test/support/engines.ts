import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { placeSqliteTemplate } from "../../../../test/support/sqlite-template.ts";
import { createTestDatabase } from "../../../../test/support/test-databases.ts";
import type { Database } from "../../src/database/handle.ts";
import { openDatabase, type OpenOptions } from "../../src/opening/open-database.ts";
import type { EngineName } from "../../src/engines/port/engine.ts";
import { testKeys } from "./keys.ts";
import { type TestClock, testClock } from "./clock.ts";

/** A place for a database on one engine. */
export interface TestPlace {
  readonly url: string;
  readonly remove: () => Promise<void>;
}

/** Makes room for a database: without `empty` it holds the migrated schema already. */
type MakePlace = (options: { empty: boolean }) => Promise<TestPlace>;

/** How each engine makes room; an engine that is not listed does not compile. */
const places: Record<EngineName, MakePlace> = {
  async sqlite({ empty }) {
    const folder = await mkdtemp(join(tmpdir(), "nerve-test-"));
    const file = join(folder, "ghost.db");
    const url = empty ? `sqlite:${file}` : await placeSqliteTemplate(file);
    return { url, remove: () => rm(folder, { recursive: true, force: true }) };
  },
  async postgres(options) {
    const { url, drop } = await createTestDatabase(options);
    return { url, remove: drop };
  },
};

export const engineNames = Object.keys(places) as EngineName[];

/** Makes room for an empty database on an engine, for tests of what makes one. */
export function emptyPlace(engine: EngineName): Promise<TestPlace> {
  return places[engine]({ empty: true });
}

/** Puts a migrated database without rows somewhere. */
export function migratedPlace(engine: EngineName): Promise<TestPlace> {
  return places[engine]({ empty: false });
}

export { testKeys };

/** What a contract test works with. */
export interface TestContext {
  readonly engine: EngineName;
  /** The database of this suite; the tests of the suite share it. */
  readonly db: Database;
  /** The clock of `db`. */
  readonly clock: TestClock;
  /** Where `db` is, for a second handle. */
  readonly url: string;
  /** Opens another handle on the same database, as another process would. */
  readonly openAnother: (options?: OpenOptions) => Promise<Database>;
}

/**
 * Runs a suite on every engine, each time with a database of its own that is migrated and empty.
 * @param suite registers the tests; the context's properties can be used once a test runs
 */
export function describeOnEachEngine(title: string, suite: (context: TestContext) => void): void {
  describe.each(engineNames)(`${title} on %s`, (engine) => {
    const clock = testClock();
    let place: TestPlace;
    let db: Database;
    const others: Database[] = [];
    const options: OpenOptions = { clock, keys: testKeys, synchronous: "normal" };

    beforeAll(async () => {
      place = await places[engine]({ empty: false });
      db = await openDatabase(place.url, options);
    });
    afterAll(async () => {
      await Promise.all([db, ...others].map((handle) => handle.close()));
      await place.remove();
    });

    suite({
      engine,
      clock,
      get db() {
        return db;
      },
      get url() {
        return place.url;
      },
      openAnother: async (more = {}) => {
        const other = await openDatabase(place.url, { ...options, ...more });
        others.push(other);
        return other;
      },
    });
  });
}
