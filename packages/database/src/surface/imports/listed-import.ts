import { z } from "zod";
import { importStatuses } from "../../schema/surface/assets.ts";
import { oneOf } from "../../validation/input.ts";
import { receiptCounts } from "../importing/report/receipt.ts";

const listedFields = {
  importId: z.int(),
  companyId: z.int().nullable(),
  seriesId: z.int(),
  source: z.string().meta({ description: "The family of the tool." }),
  series: z.string().meta({ description: "The name of the repeated scan; empty where it has none." }),
  scanId: z.string(),
  status: oneOf(importStatuses),
  format: z.string(),
  tool: z.string(),
  toolVersion: z.string(),
  outcome: z.enum(["read", "partial"]),
  complete: z.boolean().meta({ description: "Whether it was whole, and might close what it covers." }),
  fileName: z.string().nullable(),
  sha256: z.string(),
  sizeBytes: z.int(),
  target: z.string().nullable(),
  scannedAt: z.date(),
  startedAt: z.date(),
  finishedAt: z.date().nullable(),
  undoneAt: z.date().nullable(),
  userId: z.int().nullable(),
  undoneByUserId: z.int().nullable(),
  errorCode: z.string().nullable(),
  ...receiptCounts,
};

/** An import as lists have it: its receipt, without what was refused of the report. */
export const listedImport = z
  .object(listedFields)
  .meta({ id: "ListedImport", description: "One report that was taken in, with what it did." });
export type ListedImport = z.output<typeof listedImport>;

/** An import with everything that there is to tell of it. */
export const shownImport = z
  .object({
    ...listedFields,
    rejects: z.array(z.object({ place: z.string(), reason: z.string() })),
    warnings: z.array(z.string()),
    coverage: z.object({ everything: z.boolean(), assets: z.int(), reason: z.string().nullable() }).nullable().meta({
      description:
        "What the report may speak for: all that its series ever saw, or so many assets; why it speaks for nothing.",
    }),
  })
  .meta({ id: "ShownImport", description: "One report that was taken in, with its receipt." });
export type ShownImport = z.output<typeof shownImport>;
