import { z } from "zod";
import { importStatuses } from "../../../schema/surface/assets.ts";

const count = z.int();

/** What a receipt counts. */
export const receiptCounts = {
  records: count,
  rejected: count,
  findings: count,
  created: count,
  reactivated: count,
  untouched: count,
  updated: count,
  rescored: count,
  suppressed: count,
  closed: count,
  held: count.meta({ description: "Findings that it would have closed, and that wait for somebody to confirm it." }),
  notCovered: count,
  checks: count,
  assets: z.object({ created: count, seen: count, gone: count }),
  services: z.object({ opened: count, closed: count }),
  exposures: z.object({ opened: count, closed: count }),
  statements: z.object({ matched: count, unmatched: count }),
};

/** The receipt of an import, as its row holds it and routes send it. */
export const importReceiptSchema = z
  .object({
    importId: z.int().meta({ description: "0 of a rehearsal, which leaves none." }),
    scanId: z.string(),
    status: z.enum(importStatuses),
    format: z.string(),
    tool: z.string(),
    outcome: z
      .enum(["read", "partial"])
      .meta({ description: "`partial` where the report ended too early: it then closed nothing." }),
    complete: z.boolean().meta({ description: "Whether it was whole, and might close what it covers." }),
    ...receiptCounts,
    rejects: z.array(z.object({ place: z.string(), reason: z.string() })).readonly(),
    warnings: z.array(z.string()).readonly(),
  })
  .meta({ id: "ImportReceipt", description: "What an import did." });

/** What an import did. */
export type ImportReceipt = Readonly<z.output<typeof importReceiptSchema>>;
