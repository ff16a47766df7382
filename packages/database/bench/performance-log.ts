import { validateSession } from "../src/identity/sessions/index.ts";
import { openDatabase } from "../src/opening/open-database.ts";
import type { Comparison } from "./compare.ts";
import { type BenchSize, sessionToken } from "./data.ts";
import { benchOptions, type BenchPlace } from "./places.ts";

const batch = 1000;

/** Compares the fastest operation with the same one on a handle that keeps no times: what the log costs. */
export async function performanceLogComparison(
  { db, url }: BenchPlace,
  size: BenchSize,
): Promise<{ comparison: Comparison; close: () => Promise<void> }> {
  const without = await openDatabase(url, { ...benchOptions, performanceLog: false });
  const side = (handle: typeof db) => {
    let next = 0;
    return async () => {
      for (let left = batch; left > 0; left -= 1) {
        next += 1;
        await validateSession(handle, sessionToken(1 + (next % size.sessions)));
      }
    };
  };
  const comparison: Comparison = {
    operation: "validateSession, with its performance log",
    engine: db.engine,
    against: "the same without a log",
    atLeast: 0.98,
    batch,
    turns: { rounds: 801, warmUps: 50 },
    ours: side(db),
    other: side(without),
  };
  return { comparison, close: () => without.close() };
}
