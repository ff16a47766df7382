import { z } from "zod";
import type { JsonValue } from "../schema/kit/index.ts";

const anyJson = z.unknown().meta({ description: "Any JSON value." }) as unknown as z.ZodType<JsonValue, JsonValue>;

const scanFields = {
  id: z.int(),
  scanId: z.string(),
  target: z.string(),
  timestamp: z.date(),
  status: z.string(),
  userId: z.int().nullable(),
  companyId: z.int().nullable(),
};
const summary = z
  .unknown()
  .meta({ description: "What the results come to; null where there is none." }) as unknown as z.ZodType<
  JsonValue,
  JsonValue
>;
const testFields = {
  totalTests: z.int().nullable(),
  passedTests: z.int().nullable(),
  failedTests: z.int().nullable(),
};

/** The fields of a scan as lists have it, without its results. */
export const listedFields = { ...scanFields, createdAt: z.date().nullable() };
/** The counts of a Lightbox scan. */
export const listedTestFields = testFields;

/** An XASM scan with its results. */
export const xasmScanWithResults = z
  .object({ ...scanFields, results: anyJson.nullable(), summary: summary.nullable() })
  .meta({ id: "XasmScanWithResults", description: "An XASM scan with its results." });

/** A Lightbox scan with its results. */
export const lightboxScanWithResults = z
  .object({ ...scanFields, ...testFields, results: anyJson.nullable(), summary: summary.nullable() })
  .meta({ id: "LightboxScanWithResults", description: "A Lightbox scan with its results." });
