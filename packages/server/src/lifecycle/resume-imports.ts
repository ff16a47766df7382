import { setTimeout as sleep } from "node:timers/promises";
import { type Database, removeLeftOverReports, resumeImports } from "@nerve/database";
import type { Logger } from "pino";
import type { Settings } from "../settings/index.ts";

/** When to look again for imports whose turn had not run out: a dead process cannot give it back. */
const retryMs = 15_000;
const mostRetries = 20;

/**
 * Goes on with the imports that a process left unfinished, and deletes the reports that it left. The hourly job `imports` does what is
 * still to be done after that.
 *
 * @returns what ends it: an import that it is at stays unfinished
 */
export function resumeImportsAtStart(
  db: Database,
  { importFolder: folder }: Pick<Settings, "importFolder">,
  log: Logger,
): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const run = async () => {
    for (let retry = 0; retry < mostRetries; retry += 1) {
      const { receipts, failed, waiting } = await resumeImports(db, { folder, signal });
      for (const { importId } of receipts) log.info({ importId }, "an unfinished import was resumed");
      for (const { importId, code } of failed) log.warn({ importId, code }, "an unfinished import has failed");
      await removeLeftOverReports(db, folder);
      if (waiting.length === 0) return;
      await sleep(retryMs, undefined, { signal, ref: false });
    }
  };
  const running = run().catch((error: unknown) => {
    if (!signal.aborted) log.error({ err: error }, "unfinished imports could not be resumed");
  });
  return async () => {
    stopping.abort();
    await running;
  };
}
