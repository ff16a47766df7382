// A thread that sums up the results of large scans.
import { ValidationError } from "../errors/index.ts";
import { serve } from "../threads/serve.ts";
import { JsonDocument } from "../validation/input.ts";
import { summarizeHere, type SummaryKind, type SummaryOutcome } from "./summarize.ts";

function summarize({ kind, bytes }: { kind: SummaryKind; bytes: Uint8Array }): SummaryOutcome {
  try {
    return summarizeHere(kind, JSON.parse(JsonDocument.trusted(bytes).text()));
  } catch (error) {
    if (error instanceof ValidationError) return { issues: error.issues };
    throw error;
  }
}

serve({ summarize });
