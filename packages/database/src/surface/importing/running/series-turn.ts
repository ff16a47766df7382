import { setTimeout as sleep } from "node:timers/promises";
import type { Handle, Transaction } from "../../../database/handle.ts";
import { after, minute } from "../../../database/durations.ts";
import { fetchFirst, runQuery } from "../../../database/statement.ts";
import { transaction } from "../../../database/transaction.ts";
import { scanSeries } from "../../../schema/surface/assets.ts";
import { insertRow } from "../../../rows/insert-row.ts";
import { requireRoom } from "../../../quotas/require-room.ts";
import { holdFindings } from "../../changes/hold-findings.ts";
import { ReportError } from "../report/report-errors.ts";

/** How long a turn lasts unless it is prolonged; an import that died gives way after it. */
const turnMs = 2 * minute;
const pollMs = 200;
/** Series of a company. */
const mostSeries = 1000;

interface SeriesKey {
  readonly companyId: number;
  readonly source: string;
  readonly name: string;
}

/** Finds a series, or makes it, within the transaction in which its import begins; whoever else imports into it is in the way. */
export async function takeTurn(tx: Transaction, key: SeriesKey): Promise<number> {
  await holdFindings(tx, key.companyId);
  const { id, importingUntil } = await findOrMakeSeries(tx, key);
  refuseMeanwhile(tx, { importingUntil });
  return id;
}

/** Finds a series, or makes it, under the name that is held for the findings of its company. */
export async function findOrMakeSeries(
  tx: Transaction,
  { companyId, source, name }: SeriesKey,
): Promise<{ readonly id: number; readonly importingUntil: Date | null }> {
  const query = tx.sql
    .selectFrom("scan_series")
    .select(["id", "importing_until"])
    .where("company_id", "=", companyId)
    .where("source", "=", source)
    .where("name", "=", name);
  const found = await fetchFirst(tx, query);
  if (found !== null) return found;
  const { id } = await insertRow(tx, scanSeries, { companyId, source, name });
  await requireRoom(tx, scanSeries, companyId, mostSeries);
  return { id, importingUntil: null };
}

function refuseMeanwhile({ clock }: Transaction, { importingUntil }: { importingUntil: Date | null }): void {
  if (importingUntil !== null && importingUntil > clock.now()) throw new ReportError("IMPORT_RUNNING");
}

/** Refuses where another import of the series has its turn. */
export async function requireTurn(tx: Transaction, seriesId: number): Promise<void> {
  const query = tx.sql.selectFrom("scan_series").select("importing_until").where("id", "=", seriesId);
  refuseMeanwhile(tx, (await fetchFirst(tx, query)) ?? { importingUntil: null });
}

/** Keeps the turn for the slices that follow; prolonged with each. */
export async function keepTurn(tx: Transaction, seriesId: number): Promise<void> {
  const until = after(tx.clock.now(), turnMs);
  await runQuery(tx, tx.sql.updateTable("scan_series").set({ importing_until: until }).where("id", "=", seriesId));
}

/** One that fails is made up for by the next; should all fail, the turn runs out, and another may begin. */
function settled(change: Promise<void>): Promise<void> {
  return change.catch(() => undefined);
}

/** Keeps the turn while the work takes its time, also between two slices; it ends with the work. */
export async function whileTurnKept<T>(db: Handle, seriesId: number, work: () => Promise<T>): Promise<T> {
  let last = Promise.resolve<void>(undefined);
  const timer = setInterval(() => {
    last = settled(transaction(db, (tx) => keepTurn(tx, seriesId)));
  }, turnMs / 5);
  timer.unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await last;
    await settled(endTurn(db, seriesId));
  }
}

/** Ends the turn. */
async function endTurn(db: Handle, seriesId: number): Promise<void> {
  await transaction(db, (tx) =>
    runQuery(tx, tx.sql.updateTable("scan_series").set({ importing_until: null }).where("id", "=", seriesId)),
  );
}

/** Tries again while another import of the series runs. */
export async function whenItsTurn<T>(work: () => Promise<T>, waitMs: number, signal?: AbortSignal): Promise<T> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      const isRunning = error instanceof ReportError && error.code === "IMPORT_RUNNING";
      if (!isRunning || performance.now() > deadline) throw error;
      await sleep(pollMs, undefined, signal === undefined ? {} : { signal });
    }
  }
}
