import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { ageOf, day, minute } from "../../database/durations.ts";
import type { Handle } from "../../database/handle.ts";
import { fetchAll } from "../../database/statement.ts";
import { arrivingEnding, namesIn, reportEnding } from "./spool-report.ts";

/** Whoever is at a report touches it more often than this. */
const idleMs = 3 * minute;
/** The longest that the report of an unfinished import is kept. */
const keptMs = 7 * day;

/**
 * Deletes reports that dead processes have left in the folder: those that did not arrive whole, that no unfinished import needs, or that
 * nobody has been at for seven days.
 *
 * @param db the database that the reports are for
 * @param folder where reports are put while they are taken in
 * @returns how many were deleted
 * @example
 * await removeLeftOverReports(db, "data/imports");
 */
export async function removeLeftOverReports(db: Handle, folder: string): Promise<{ removed: number }> {
  const needed = await findNeeded(db);
  let removed = 0;
  for (const name of await namesIn(folder)) {
    if (!name.endsWith(arrivingEnding) && !name.endsWith(reportEnding)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found === null) continue;
    const age = ageOf(found.mtime, db.clock.now());
    const isNeeded = name.endsWith(reportEnding) && needed.has(name.slice(0, name.indexOf(".")));
    if (age < (isNeeded ? keptMs : idleMs)) continue;
    await rm(path, { force: true });
    removed += 1;
  }
  return { removed };
}

async function findNeeded(db: Handle): Promise<Set<string>> {
  const query = db.sql.selectFrom("scan_imports").select("sha256").where("status", "=", "merging");
  return new Set((await fetchAll(db, query)).map(({ sha256 }) => sha256));
}
