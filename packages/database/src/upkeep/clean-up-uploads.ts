import { z } from "zod";
import { actorField } from "../access/actor.ts";
import { logAudit } from "../operation/log-audit.ts";
import { changeInBatches } from "../database/batches.ts";
import { before, hour } from "../database/durations.ts";
import type { Handle } from "../database/handle.ts";
import { statement } from "../database/statement.ts";
import { transaction } from "../database/transaction.ts";
import { boundedInteger, parseInput } from "../validation/input.ts";

const cleanUpInput = z.strictObject({
  keepHours: boundedInteger({ min: 1, max: 87_600 }).default(24),
  actor: actorField,
});

/** How long uploaded credentials are kept, and who lets them go. */
export type CleanUpUploadsOptions = z.input<typeof cleanUpInput>;

/** How many uploads are gone, with the credentials that were found in them. */
export interface CleanedUpUploads {
  breachFiles: number;
  uploadedFiles: number;
}

/** Files that one statement deletes: each takes all its credentials with it. */
const batch = 10;

const deleteBreachFiles = statement((sql, p: { now: Date; batch: number }) =>
  sql
    .deleteFrom("uploaded_breach_files")
    .where("id", "in", (query) =>
      query.selectFrom("uploaded_breach_files").select("id").where("expires_at", "<=", p.now).limit(p.batch),
    ),
);

/** A file whose time of upload nobody wrote down counts from its last change. */
const deleteUploadedFiles = statement((sql, p: { until: Date; batch: number }) =>
  sql.deleteFrom("uploaded_files").where("id", "in", (query) =>
    query
      .selectFrom("uploaded_files")
      .select("id")
      .where((where) => where(where.fn.coalesce("upload_time", "updated_at"), "<=", p.until))
      .limit(p.batch),
  ),
);

/**
 * Deletes uploaded credentials whose time is over, for good, softly deleted ones too: breach files at their `expires_at`,
 * other uploads a number of hours after they came. The rows found in them go with them.
 *
 * @param db the database, or an open transaction; outside a transaction other writers get their turn in between
 * @param options `keepHours` of uploads without an expiry of their own (1 to 87600, default 24), `actor`
 * @returns how many of each kind are gone
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { breachFiles, uploadedFiles } = await cleanupExpiredUploads(db);
 */
export async function cleanupExpiredUploads(
  db: Handle,
  options: CleanUpUploadsOptions = {},
): Promise<CleanedUpUploads> {
  const { keepHours, actor } = parseInput(cleanUpInput, options);
  const now = db.clock.now();
  const until = before(now, keepHours * hour);
  const deleteSome = (resourceType: string, run: (tx: Handle) => Promise<number>) =>
    changeInBatches(batch, () =>
      transaction(db, async (tx) => {
        const rows = await run(tx);
        if (rows > 0) await logAudit(tx, { action: "uploads_expired", resourceType, metadata: { rows }, actor });
        return rows;
      }),
    );
  return {
    breachFiles: await deleteSome("uploaded_breach_files", (tx) => deleteBreachFiles.run(tx, { now, batch })),
    uploadedFiles: await deleteSome("uploaded_files", (tx) => deleteUploadedFiles.run(tx, { until, batch })),
  };
}
