// A thread that sums up the results of large scans, and reads what they found.
import { ValidationError } from "../errors/index.ts";
import { serve } from "../threads/serve.ts";
import { JsonDocument } from "../validation/input.ts";
import { readScan } from "./feeding/read-scan.ts";
import { type Digested, type DigestOutcome, type ScanToDigest, summarizeHere } from "./summarize.ts";

async function digest({ kind, bytes, mostRecords }: ScanToDigest): Promise<DigestOutcome> {
  try {
    const summarized = summarizeHere(kind, JSON.parse(JsonDocument.trusted(bytes).text()));
    const reading = mostRecords === null ? null : await readScan(kind, bytes, { mostRecords });
    return { ...summarized, reading } satisfies Digested;
  } catch (error) {
    if (error instanceof ValidationError) return { issues: error.issues };
    throw error;
  }
}

serve({ digest });
