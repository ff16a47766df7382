import { anyTable } from "../../database/any-table.ts";
import { columnsOf } from "../../database/columns.ts";
import type { Transaction } from "../../database/handle.ts";
import { holdName } from "../../database/hold.ts";
import { fetchAll, fetchFirst, runQuery } from "../../database/statement.ts";
import type { Caller } from "../../access/caller.ts";
import { logAudit } from "../../operation/log-audit.ts";
import { changeRow } from "../../rows/change-row.ts";
import { insertRow } from "../../rows/insert-row.ts";
import { type epssScores, feeds, type kevEntries } from "../../schema/surface/feeds.ts";
import type { NewRow } from "../../schema/kit/index.ts";
import { ReportError } from "../importing/report/report-errors.ts";

/** Rows that are read or written by one statement. */
const rowsOfStatement = 10_000;

type FeedTable = typeof epssScores | typeof kevEntries;

/** An edition of a feed that was read, with its rows by the numbers of the CVE list. */
export interface ReadFeed<Table extends FeedTable> {
  readonly name: "epss" | "kev";
  readonly table: Table;
  readonly edition: string;
  readonly datedAt: Date;
  readonly sha256: string;
  readonly rows: ReadonlyMap<string, NewRow<Table>>;
  readonly insert: (tx: Transaction, rows: readonly NewRow<Table>[]) => Promise<void>;
  /** Whether it is older than the one that is loaded. */
  readonly isOutdated: (tx: Transaction, loaded: LoadedFeed) => boolean | Promise<boolean>;
}

/** The edition that is loaded. */
export interface LoadedFeed {
  readonly datedAt: Date;
  readonly rows: number;
}

/** What became of the rows of a feed. */
export interface Replaced {
  readonly rows: number;
  readonly added: number;
  readonly changed: number;
  /** The numbers that are no longer there. */
  readonly removed: readonly string[];
}

/**
 * Puts an edition of a feed in the place of the one that is loaded.
 *
 * @param force takes one of fewer than half the rows
 */
export async function replaceFeed<Table extends FeedTable>(
  tx: Transaction,
  feed: ReadFeed<Table>,
  { force, caller }: { force: boolean; caller: Caller },
): Promise<Replaced> {
  const { name, rows, edition, sha256 } = feed;
  await holdName(tx, `feed ${name}`);
  const loaded = await fetchFirst(tx, tx.sql.selectFrom("feeds").select(["dated_at", "rows"]).where("id", "=", name));
  if (loaded !== null) await refuse(tx, feed, { loaded, force });
  const { added, changed, removed } = await compare(tx, feed);
  if (added + changed + removed.length > 0) await write(tx, feed);
  const now = tx.clock.now();
  const datedAt = feed.datedAt > now ? now : feed.datedAt;
  const row = { edition, datedAt, loadedAt: now, rows: rows.size, sha256 };
  if (loaded === null) await insertRow(tx, feeds, { id: name, ...row });
  else await changeRow(tx, feeds, name, row);
  await logAudit(tx, {
    action: "feed_imported",
    resourceType: feeds.name,
    metadata: { feed: name, edition, rows: rows.size, added, changed, removed: removed.length },
    ownerId: null,
    actor: caller.actor,
  });
  return { rows: rows.size, added, changed, removed };
}

async function refuse<Table extends FeedTable>(
  tx: Transaction,
  { rows, isOutdated }: ReadFeed<Table>,
  { loaded, force }: { loaded: LoadedFeed; force: boolean },
): Promise<void> {
  if (await isOutdated(tx, loaded))
    throw new ReportError("REPORT_OUT_OF_DATE", {
      message: `The file is older than what was loaded already, which is of ${loaded.datedAt.toISOString()}.`,
    });
  if (!force && rows.size < loaded.rows / 2)
    throw new ReportError("REPORT_MALFORMED", {
      message: `The file has ${rows.size} rows, fewer than half of the ${loaded.rows} that are loaded. \`force\` takes it all the same.`,
    });
}

/** Counts what differs, page by page. */
async function compare<Table extends FeedTable>(tx: Transaction, { table, rows }: ReadFeed<Table>) {
  let [seen, changed, after] = [0, 0, ""];
  const removed: string[] = [];
  for (;;) {
    const page = (await fetchAll(
      tx,
      anyTable(tx)
        .selectFrom(table.name)
        .select([...columnsOf(table.name as "epss_scores")])
        .where("id", ">", after)
        .orderBy("id")
        .limit(rowsOfStatement),
    )) as unknown as (Readonly<Record<string, unknown>> & { id: string })[];
    for (const old of page) {
      const now = rows.get(old.id) as Readonly<Record<string, unknown>> | undefined;
      if (now === undefined) removed.push(old.id);
      else if (Object.keys(now).some((name) => valueOf(now[name]) !== valueOf(old[name]))) changed += 1;
    }
    seen += page.length;
    if (page.length < rowsOfStatement) break;
    after = page.at(-1)?.id ?? after;
  }
  return { added: rows.size - (seen - removed.length), changed, removed };
}

/** What two equal values have in common. */
function valueOf(value: unknown): unknown {
  return value instanceof Date ? value.getTime() : value;
}

async function write<Table extends FeedTable>(
  tx: Transaction,
  { table, rows, insert }: ReadFeed<Table>,
): Promise<void> {
  await runQuery(tx, anyTable(tx).deleteFrom(table.name));
  const all = [...rows.values()];
  for (let start = 0; start < all.length; start += rowsOfStatement)
    await insert(tx, all.slice(start, start + rowsOfStatement));
}
