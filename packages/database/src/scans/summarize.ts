import type { Caller } from "../access/caller.ts";
import { type InputIssue, ValidationError } from "../errors/index.ts";
import { fewAtOnce } from "../threads/few-at-once.ts";
import { runOnThread, threadModule } from "../threads/thread.ts";
import { JsonDocument } from "../validation/input.ts";
import { readScan, type ScanKind, type ScanReading } from "./feeding/read-scan.ts";
import { type LightboxSummary, summarizeLightboxResults } from "./lightbox-summary.ts";
import { summarizeXasmResults, type XasmSummary } from "./xasm-summary.ts";

interface Summaries {
  readonly xasm: XasmSummary;
  readonly lightbox: LightboxSummary;
}

/** What a scan's results come to. */
interface Summarized<Kind extends ScanKind = ScanKind> {
  readonly status: string;
  readonly summary: Summaries[Kind];
}

/** The same, with the records in them; null where nobody wants these. */
export interface Digested<Kind extends ScanKind = ScanKind> extends Summarized<Kind> {
  readonly reading: ScanReading | null;
}

/** What the thread is given. */
export interface ScanToDigest {
  readonly kind: ScanKind;
  readonly bytes: Uint8Array;
  readonly mostRecords: number | null;
}

/** What it answers, or what is wrong with the results. */
export type DigestOutcome = Digested | { readonly issues: readonly InputIssue[] };

const summarizers = { xasm: summarizeXasmResults, lightbox: summarizeLightboxResults };

/** Sums up results on the thread that calls. */
export function summarizeHere(kind: ScanKind, results: unknown): Summarized {
  return summarizers[kind](results);
}

const onThread = fewAtOnce(1);

/**
 * Sums up the results of a scan and reads its records; on a thread where they are so large that they are text, in turns with other
 * callers.
 *
 * @param mostRecords more are refused; null where the records are not wanted
 * @throws {ValidationError} INVALID_INPUT with the path of each fault: `results.subdomains`
 */
export async function digestResults<Kind extends ScanKind>(
  kind: Kind,
  results: unknown,
  mostRecords: number | null,
  { actor }: Pick<Caller, "actor">,
): Promise<Digested<Kind>> {
  if (!(results instanceof JsonDocument)) {
    const summarized = summarizeHere(kind, results) as Summarized<Kind>;
    const read = () => readScan(kind, Buffer.from(JSON.stringify(results)), { mostRecords: mostRecords ?? 0 });
    return { ...summarized, reading: mostRecords === null ? null : await read() };
  }
  const module = threadModule(import.meta.url, "summary-worker");
  const input: ScanToDigest = { kind, bytes: results.bytes, mostRecords };
  const turn = { owner: `user ${actor.userId}` };
  const outcome = await onThread(() => runOnThread<DigestOutcome>(module, "digest", input), turn);
  if ("issues" in outcome) throw new ValidationError(outcome.issues);
  return outcome as Digested<Kind>;
}
