import { z } from "zod";
import { changeInBatches } from "../database/batches.ts";
import { after, latestPossible } from "../database/durations.ts";
import { transactionInGroup } from "../database/in-groups.ts";
import type { Handle } from "../database/handle.ts";
import { statement } from "../database/statement.ts";
import { digestToken } from "../cryptography/index.ts";
import { boundedInteger, parseInput, text } from "../validation/input.ts";

const hitsInput = z.strictObject({
  name: text({ min: 1, max: 1000 }),
  windowMs: boundedInteger({ min: 1, max: 86_400_000 }),
  hits: boundedInteger({ min: 1, max: 1_000_000 }).default(1),
});

/** What is counted. */
export type HitsToCount = z.input<typeof hitsInput>;

/** Where a count stands. */
export interface HitCount {
  /** The hits of the window so far, these included. */
  hits: number;
  /** When the window ends, and the count with it. */
  expiresAt: Date;
}

interface Hit {
  id: string;
  hits: number;
  now: Date;
  expiresAt: Date;
  /** A window that ends later was opened by a clock that was ahead. */
  latestEnd: Date;
}

/** The first hit opens a window, and so does the first after its end; every other adds to it. */
const addHits = statement((sql, hit: Hit) =>
  sql
    .insertInto("rate_limits")
    .values({ id: hit.id, hits: hit.hits, expires_at: hit.expiresAt })
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet((set) => {
        const isOver = set.or([
          set("rate_limits.expires_at", "<=", hit.now),
          set("rate_limits.expires_at", ">", hit.latestEnd),
        ]);
        return {
          hits: set
            .case()
            .when(isOver)
            .then(set.ref("excluded.hits"))
            .else(set("rate_limits.hits", "+", set.ref("excluded.hits")))
            .end(),
          expires_at: set
            .case()
            .when(isOver)
            .then(set.ref("excluded.expires_at"))
            .else(set.ref("rate_limits.expires_at"))
            .end(),
        };
      }),
    )
    .returning(["hits", "expires_at"]),
);

/**
 * Counts hits at a limit that several processes share, in one statement: no hit is lost, however many count at once.
 *
 * @param db the database, or an open transaction
 * @param counted `name` of what is limited and whose it is (only its digest is stored), `windowMs` (1 to 86400000),
 *   `hits` (default 1)
 * @returns the hits of the window, and when it ends
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { hits } = await countHits(db, { name: "sign-in 192.0.2.7", windowMs: 60_000 });
 * const isAllowed = hits <= 20;
 */
export async function countHits(db: Handle, counted: HitsToCount): Promise<HitCount> {
  const { name, windowMs, hits } = parseInput(hitsInput, counted);
  const now = db.clock.now();
  const hit = {
    id: digestToken(name),
    hits,
    now,
    expiresAt: after(now, windowMs),
    latestEnd: latestPossible(now, windowMs),
  };
  return transactionInGroup(db, async (tx) => (await addHits.first(tx, hit)) as HitCount);
}

/** Counts that one statement deletes. */
const batch = 1000;

const deleteSome = statement((sql, p: { now: Date; batch: number }) =>
  sql
    .deleteFrom("rate_limits")
    .where("id", "in", (query) =>
      query.selectFrom("rate_limits").select("id").where("expires_at", "<=", p.now).limit(p.batch),
    )
    // It may have begun anew since the look at it.
    .where("expires_at", "<=", p.now),
);

/**
 * Deletes the counts whose window has ended.
 *
 * @param db the database, or an open transaction
 * @returns how many are gone
 * @example
 * await cleanupRateLimits(db); // { deleted: 0 }
 */
export async function cleanupRateLimits(db: Handle): Promise<{ deleted: number }> {
  const now = db.clock.now();
  return { deleted: await changeInBatches(batch, () => deleteSome.run(db, { now, batch })) };
}
