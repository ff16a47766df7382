import { z } from "zod";
import { statement } from "../../database/statement.ts";
import { changed } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { findings } from "../../schema/surface/findings.ts";
import { recordId } from "../../validation/input.ts";
import { mostPieces, unpackEvidence } from "../evidence/keep-evidence.ts";
import type { OfFinding } from "./list-of-finding.ts";
import { requireFinding } from "./require-finding.ts";

const piece = z
  .object({
    id: z.int(),
    locationId: z.int().nullable(),
    importId: z.int(),
    kind: z.enum(["request", "response", "output", "snippet"]),
    text: z.string().meta({ description: "As the tool showed it, but for what was masked and cut." }),
    bytes: z.int().meta({ description: "Of the whole text, with what was cut." }),
    truncated: z.boolean(),
    masked: z.int().meta({ description: "How many values were masked." }),
    createdAt: z.date(),
  })
  .meta({ id: "FindingEvidence", description: "What a tool showed of a finding." });
export type FindingEvidence = z.output<typeof piece>;

const evidence = z.object({ items: z.array(piece) });

const piecesOf = statement((sql, { findingId }: OfFinding) =>
  sql
    .selectFrom("finding_evidence")
    .select(["id", "location_id", "import_id", "kind", "content", "bytes", "truncated", "masked", "created_at"])
    .where("finding_evidence.finding_id", "=", findingId)
    .orderBy("finding_evidence.id")
    .limit(mostPieces),
);

/**
 * Shows the evidence of a finding: requests, answers and outputs, masked before they were stored. That somebody looked at it is in
 * the audit log.
 *
 * @returns the pieces, at most 10, the oldest first
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is no such finding within reach
 * @throws {DatabaseError} DATABASE_FAILED when a piece is damaged
 * @example
 * const { items: findings } = await listFindings(db, { companyId: 1, limit: 1 });
 * for (const { id } of findings) await getFindingEvidence(db, { id });
 */
export const getFindingEvidence = changing({
  summary: "Show the evidence of a finding, which the audit log tells",
  permission: "finding:read",
  input: { id: recordId() },
  output: evidence,
  async run(tx, { id }, caller) {
    const { id: findingId, companyId } = await requireFinding(tx, id, caller);
    const packed = await piecesOf.all(tx, { findingId });
    const items = packed.map(({ content, ...one }) => ({ ...one, text: unpackEvidence(content) }));
    const metadata = { pieces: items.length };
    return changed({ items }, { action: "finding_evidence_read", on: findings, id, companyId, metadata });
  },
});
