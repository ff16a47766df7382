import type { Caller } from "../access/caller.ts";
import { type InputIssue, ValidationError } from "../errors/index.ts";
import { fewAtOnce } from "../threads/few-at-once.ts";
import { runOnThread, threadModule } from "../threads/thread.ts";
import { JsonDocument } from "../validation/input.ts";
import { type LightboxSummary, summarizeLightboxResults } from "./lightbox-summary.ts";
import { summarizeXasmResults, type XasmSummary } from "./xasm-summary.ts";

interface Summaries {
  readonly xasm: XasmSummary;
  readonly lightbox: LightboxSummary;
}

/** The kinds of scans that are summed up. */
export type SummaryKind = keyof Summaries;

/** What a scan's results come to. */
export interface Summarized<Kind extends SummaryKind = SummaryKind> {
  readonly status: string;
  readonly summary: Summaries[Kind];
}

/** A sum, or what is wrong with the results. */
export type SummaryOutcome = Summarized | { readonly issues: readonly InputIssue[] };

const summarizers = { xasm: summarizeXasmResults, lightbox: summarizeLightboxResults };

/** Sums up results on the thread that calls. */
export function summarizeHere(kind: SummaryKind, results: unknown): Summarized {
  return summarizers[kind](results);
}

const onThread = fewAtOnce(1);

/**
 * Sums up the results of a scan; on a thread where they are so large that they are text, in turns with other callers.
 * @throws {ValidationError} INVALID_INPUT with the path of each fault: `results.subdomains`
 */
export async function summarize<Kind extends SummaryKind>(
  kind: Kind,
  results: unknown,
  { actor }: Pick<Caller, "actor">,
): Promise<Summarized<Kind>> {
  if (!(results instanceof JsonDocument)) return summarizeHere(kind, results) as Summarized<Kind>;
  const module = threadModule(import.meta.url, "summary-worker");
  const input = { kind, bytes: results.bytes };
  const turn = { owner: `user ${actor.userId}` };
  const outcome = await onThread(() => runOnThread<SummaryOutcome>(module, "summarize", input), turn);
  if ("issues" in outcome) throw new ValidationError(outcome.issues);
  return outcome as Summarized<Kind>;
}
