import { input } from "@nerve/database";
import { z } from "zod";
import { integerInQuery, pageFields } from "../../openapi/fields.ts";
import { jsonDocument } from "../../openapi/row-schemas.ts";

const scanId = input.text({ min: 1, max: 255 });

export const scanIdParameter = z.strictObject({ scanId });
export const listScansQuery = z.strictObject({ days: integerInQuery({ min: 1, max: 36_500 }), ...pageFields });
export const saveScanBody = z.strictObject({
  scanId,
  target: input.text({ min: 1, max: 2048 }),
  results: z
    .record(z.string(), z.unknown())
    .meta({ description: "What the scanner found: a JSON object of at most 16 MiB." }),
});

const scanFields = {
  id: z.int(),
  scanId: z.string(),
  target: z.string(),
  timestamp: z.date(),
  status: z.string(),
  userId: z.int().nullable(),
};
const summary = z.unknown().meta({ description: "What the results come to; null where there is none." });
const testFields = {
  totalTests: z.int().nullable(),
  passedTests: z.int().nullable(),
  failedTests: z.int().nullable(),
};
const listedFields = { ...scanFields, createdAt: z.date().nullable(), summary };
const foundFields = { ...scanFields, results: jsonDocument(), summary };

export const savedScanSchema = z
  .object({ id: z.int(), status: z.string(), timestamp: z.date(), summary })
  .meta({ id: "SavedScan", description: "A scan as it was stored." });

export const xasmSchemas = {
  listed: z.object(listedFields).meta({ id: "XasmScan", description: "An XASM scan without its results." }),
  found: z.object(foundFields).meta({ id: "XasmScanWithResults", description: "An XASM scan with its results." }),
};

export const lightboxSchemas = {
  listed: z
    .object({ ...listedFields, ...testFields })
    .meta({ id: "LightboxScan", description: "A Lightbox scan without its results." }),
  found: z
    .object({ ...foundFields, ...testFields })
    .meta({ id: "LightboxScanWithResults", description: "A Lightbox scan with its results." }),
};
