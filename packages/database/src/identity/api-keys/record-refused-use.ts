import { z } from "zod";
import type { Handle } from "../../database/handle.ts";
import { statement } from "../../database/statement.ts";
import { boundedInteger, date, ipAddress, parseInput, recordId } from "../../validation/input.ts";

const refusedInput = z.strictObject({
  keyId: recordId(),
  uses: boundedInteger({ min: 1, max: 1_000_000_000 }),
  at: date(),
  ipAddress: ipAddress(),
});

const count = statement((sql, p: z.output<typeof refusedInput>) =>
  sql
    .updateTable("api_keys")
    .set((eb) => ({
      refused_count: eb("refused_count", "+", p.uses),
      last_refused_at: p.at,
      last_refused_ip: p.ipAddress,
    }))
    .where("id", "=", p.keyId),
);

/**
 * Counts uses of an API key that `checkApiKey` found to come from elsewhere, for the lists in which its owner sees them. Not while the
 * client waits, for then the time would tell that the key is a good one.
 *
 * @param db the database, or an open transaction
 * @param refused `keyId`, how many `uses`, when the last one was (`at`), and from which `ipAddress`
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * await recordRefusedKeyUse(db, { keyId: 7, uses: 1, at: new Date(), ipAddress: "203.0.113.9" });
 */
export async function recordRefusedKeyUse(db: Handle, refused: z.input<typeof refusedInput>): Promise<void> {
  await count.run(db, parseInput(refusedInput, refused));
}
