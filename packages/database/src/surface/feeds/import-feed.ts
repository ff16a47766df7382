import type { ReportSource } from "@nerve/formats";
import { z } from "zod";
import { type Caller, systemCaller } from "../../access/caller.ts";
import type { Handle, Transaction } from "../../database/handle.ts";
import { transaction } from "../../database/transaction.ts";
import { parseInput } from "../../validation/input.ts";
import type { epssScores, kevEntries } from "../../schema/surface/feeds.ts";
import { readingReport } from "../importing/report/report-errors.ts";
import type { Followed } from "./follow-exploitation.ts";
import { followFeeds } from "./follow-feeds.ts";
import { type ReadFeed, type Replaced, replaceFeed } from "./replace-feed.ts";

const options = z.strictObject({ force: z.boolean().default(false) });

/** A file of a feed. */
export interface FeedToImport {
  readonly source: ReportSource;
  /** Takes a file of fewer than half the rows that are loaded. */
  readonly force?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What became of a feed, and of the findings that follow it. */
export interface FeedReceipt {
  readonly rows: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Findings that changed. */
  readonly findings: number;
  /** Those of them that came to be known as exploited. */
  readonly exploited: number;
}

/** Reads a file whole, puts it in the place of what is loaded, and lets the findings follow. */
export async function importFeed<Table extends typeof epssScores | typeof kevEntries>(
  db: Handle,
  { source, force, signal }: FeedToImport,
  {
    read,
    withdraw,
    caller = systemCaller,
  }: {
    read: (source: ReportSource, options: { signal: AbortSignal | undefined }) => Promise<ReadFeed<Table>>;
    /** What follows from the rows that are no longer there, in the transaction that replaces them. */
    withdraw?: (tx: Transaction, removed: Replaced["removed"], caller: Caller) => Promise<Followed>;
    caller?: Caller | undefined;
  },
): Promise<FeedReceipt> {
  const given = parseInput(options, { force });
  const feed = await readingReport(() => read(source, { signal }));
  const { replaced, withdrawn } = await transaction(
    db,
    async (tx) => {
      const done = await replaceFeed(tx, feed, { ...given, caller });
      return { replaced: done, withdrawn: await withdraw?.(tx, done.removed, caller) };
    },
    { company: null, large: true },
  );
  const followed = await followFeeds(db, caller.actor);
  return {
    ...replaced,
    removed: replaced.removed.length,
    findings: followed.findings + (withdrawn?.findings ?? 0),
    exploited: followed.exploited,
  };
}
