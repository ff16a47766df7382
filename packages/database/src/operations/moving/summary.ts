import type { RejectReason } from "./rejects.ts";

/** What became of a table. */
export interface TableSummary {
  table: string;
  /** Rows read from the source. */
  read: number;
  /** Rows written to the target. */
  written: number;
  /** Rows left behind. */
  rejected: number;
  /** Whether the target's rows, read back, are those that were written; null where nothing was written on purpose. */
  checksumMatch: boolean | null;
}

/** What was moved. */
export interface MovingSummary {
  tables: TableSummary[];
  rejectedTotal: number;
  adjustedTotal: number;
  /** How often each reason to reject or adjust a row came up. */
  reasons: RejectReason[];
  /** How many tables give their next row the id after the highest one. */
  sequencesSet: number;
  durationMs: number;
}

export type MovingStep = "rows" | "indexes" | "comparison";

/** How far it is. */
export interface MovingProgress {
  /** Rows are moved first, then a copy makes its indexes and compares the target with the source. */
  step: MovingStep;
  /** The table at hand. */
  table: string;
  /** Rows of all tables that were read so far. */
  rowsDone: number;
  /** Rows of all tables. */
  rowsTotal: number;
  rowsPerSecond: number;
  /** Estimate; null while there is nothing to go by. */
  secondsLeft: number | null;
}

export type OnProgress = (progress: MovingProgress) => void;

/** Counts rows and reports the rate, at the first rows of a table and then every `intervalMs`. */
export class ProgressMeter {
  readonly #onProgress: OnProgress | undefined;
  #rowsTotal: number;
  readonly #started = performance.now();
  #rowsDone = 0;
  #reported = -Infinity;
  #table = "";

  constructor({ rowsTotal, onProgress }: { rowsTotal: number; onProgress: OnProgress | undefined }) {
    this.#rowsTotal = rowsTotal;
    this.#onProgress = onProgress;
  }

  get elapsedMs(): number {
    return Math.round(performance.now() - this.#started);
  }

  advance(table: string, rows: number): void {
    this.#rowsDone += rows;
    if (this.#onProgress === undefined) return;
    if (table !== this.#table || performance.now() - this.#reported >= intervalMs) this.report(table);
  }

  /** Leaves out rows that have been moved before. */
  skip(rows: number): void {
    this.#rowsTotal -= rows;
  }

  report(table: string, step: MovingStep = "rows"): void {
    this.#reported = performance.now();
    this.#table = table;
    const seconds = Math.max(this.#reported - this.#started, 1) / 1000;
    const rowsPerSecond = Math.round(this.#rowsDone / seconds);
    const rowsLeft = Math.max(this.#rowsTotal - this.#rowsDone, 0);
    this.#onProgress?.({
      step,
      table,
      rowsDone: this.#rowsDone,
      rowsTotal: this.#rowsTotal,
      rowsPerSecond,
      secondsLeft: rowsPerSecond === 0 ? null : Math.round(rowsLeft / rowsPerSecond),
    });
  }
}

const intervalMs = 250;
