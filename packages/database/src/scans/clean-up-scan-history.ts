import { z } from "zod";
import { actorField } from "../access/actor.ts";
import { logAudit } from "../operation/log-audit.ts";
import { changeInBatches } from "../database/batches.ts";
import { before, day } from "../database/durations.ts";
import type { Handle } from "../database/handle.ts";
import { statement } from "../database/statement.ts";
import { boundedInteger, parseInput } from "../validation/input.ts";
import type { HistoryTable } from "./scan-fields.ts";

const cleanUpInput = z.strictObject({
  days: boundedInteger({ min: 0, max: 36_500 }).default(30),
  actor: actorField,
});

/** How old a scan has to be to go, and who lets it go. */
export type CleanUpOptions = z.input<typeof cleanUpInput>;

/** How many scans of each kind are gone. */
export interface CleanedUpScans {
  xasm: number;
  lightbox: number;
}

/** Scans that one statement deletes, so that no other writer waits for long. */
const batchSize = 200;

const deleteBatch = (table: HistoryTable) =>
  statement((sql, { until }: { until: Date }) =>
    sql
      .deleteFrom(table)
      .where("id", "in", (eb) =>
        eb
          .selectFrom(table)
          .select("id")
          .where("timestamp", "<", until)
          .orderBy("timestamp")
          .orderBy("id")
          .limit(batchSize),
      ),
  );

const deleteXasm = deleteBatch("xasm_scan_history");
const deleteLightbox = deleteBatch("lightbox_scan_history");

/**
 * Removes old scans of both histories for good, with their results, softly deleted ones too.
 *
 * @param db the database, or an open transaction; outside a transaction other writers get their turn in between
 * @param options `days` that a scan is kept (0 to 36500, default 30), `actor`
 * @returns how many of each kind are gone
 * @throws {ValidationError} INVALID_INPUT with the field at fault; a negative age is none
 * @example
 * const removed = await cleanupOldScanHistory(db, { days: 90 });
 */
export async function cleanupOldScanHistory(db: Handle, options: CleanUpOptions = {}): Promise<CleanedUpScans> {
  const { days, actor } = parseInput(cleanUpInput, options);
  const until = before(db.clock.now(), days * day);
  const xasm = await changeInBatches(batchSize, () => deleteXasm.run(db, { until }));
  const lightbox = await changeInBatches(batchSize, () => deleteLightbox.run(db, { until }));
  if (xasm + lightbox > 0) {
    await logAudit(db, { action: "scan_history_cleaned", metadata: { days, xasm, lightbox }, actor });
  }
  return { xasm, lightbox };
}
