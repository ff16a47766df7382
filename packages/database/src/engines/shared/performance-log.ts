import { addHistogram, countDuration, type DurationHistogram, emptyHistogram } from "./duration-histogram.ts";

/** Distinct statements that are told apart; those least recently used are counted together. */
const maxStatements = 500;
/** Longer texts are cut, in characters. */
const maxTextLength = 10_000;
const recentCount = 10;
/** From where on a statement counts as slow, in milliseconds. */
export const slowMs = 1000;

/** What is known of the runs of one statement, or of many. */
export class StatementTimes {
  /** With placeholders: values are never kept. */
  readonly text: string;
  /** The whole text of a statement that the handle ran, so that its plan can be asked for. */
  readonly plannable: boolean;
  count = 0;
  failed = 0;
  slow = 0;
  rows = 0;
  totalMs = 0;
  maxMs = 0;
  durations: DurationHistogram = emptyHistogram();
  /** Whether the log lists it; it is listed again with its next run. */
  listed = false;
  lastUse = 0;

  constructor(text: string, plannable: boolean) {
    this.text = text;
    this.plannable = plannable;
  }

  /** Adds the runs of another. */
  absorb(other: StatementTimes): void {
    this.count += other.count;
    this.failed += other.failed;
    this.slow += other.slow;
    this.rows += other.rows;
    this.totalMs += other.totalMs;
    this.maxMs = Math.max(this.maxMs, other.maxMs);
    addHistogram(this.durations, other.durations);
  }

  /** Forgets every run. */
  clear(): void {
    Object.assign(this, { count: 0, failed: 0, slow: 0, rows: 0, totalMs: 0, maxMs: 0 });
    this.durations.fill(0);
  }
}

/** One run of a statement. */
export interface LoggedRun {
  readonly text: string;
  readonly durationMs: number;
  readonly rows: number;
}

/** Runs that are noted before they are added up: one after the other they would cost twice as much. */
const pendingCount = 256;
/** In place of a number of rows: the run ended in an error. */
const failure = -1;

/** How long the statements of one handle took. Bounded, whatever runs for however long. */
export class PerformanceLog {
  readonly #statements = new Map<string, StatementTimes>();
  #unlisted = new StatementTimes("", false);
  readonly #pendingStatements: (StatementTimes | undefined)[] = Array.from({ length: pendingCount });
  readonly #pendingMs = new Float64Array(pendingCount);
  readonly #pendingRows = new Float64Array(pendingCount);
  #pending = 0;
  /** Oldest first. */
  #recent: LoggedRun[] = [];
  #uses = 0;

  /** Finds, or begins, the times of a statement that the handle runs. Keep them beside the prepared statement. */
  timesOf(text: string): StatementTimes {
    return this.#find(text, text.length <= maxTextLength);
  }

  /** Finds, or begins, the times of something that a caller measured himself. */
  foreignTimesOf(text: string): StatementTimes {
    return this.#find(text, false);
  }

  /** Notes a run; this happens at every statement. */
  add(times: StatementTimes, durationMs: number, rows: number): void {
    const place = this.#pending;
    this.#pendingStatements[place] = times;
    this.#pendingMs[place] = durationMs;
    this.#pendingRows[place] = rows;
    this.#pending = place + 1;
    if (this.#pending === pendingCount) this.#settle();
  }

  /** Notes a run that ended in an error. */
  addFailure(times: StatementTimes, durationMs: number): void {
    this.add(times, durationMs, failure);
  }

  /** The statements that are told apart. */
  statements(): StatementTimes[] {
    this.#settle();
    return [...this.#statements.values()];
  }

  /** All runs together, those of statements no longer listed included. */
  total(): StatementTimes {
    const sum = new StatementTimes("", false);
    for (const times of [...this.statements(), this.#unlisted]) sum.absorb(times);
    return sum;
  }

  /** The last runs, newest first. */
  recent(): LoggedRun[] {
    this.#settle();
    return this.#recent.toReversed();
  }

  /** Forgets everything. */
  clear(): void {
    this.#pending = 0;
    for (const times of this.#statements.values()) this.#drop(times);
    this.#unlisted = new StatementTimes("", false);
    this.#recent = [];
  }

  #settle(): void {
    const runs: LoggedRun[] = [];
    for (let place = 0; place < this.#pending; place += 1) {
      const times = this.#pendingStatements[place];
      if (times === undefined) continue;
      const durationMs = this.#pendingMs[place] ?? 0;
      const rows = this.#pendingRows[place] ?? 0;
      this.#addUp(times, durationMs, rows);
      if (place >= this.#pending - recentCount) runs.push({ text: times.text, durationMs, rows: Math.max(rows, 0) });
    }
    this.#recent = [...this.#recent, ...runs].slice(-recentCount);
    this.#pending = 0;
  }

  #addUp(times: StatementTimes, durationMs: number, rows: number): void {
    if (!times.listed) this.#list(times);
    times.count += 1;
    if (rows === failure) times.failed += 1;
    else times.rows += rows;
    times.totalMs += durationMs;
    if (durationMs > times.maxMs) times.maxMs = durationMs;
    if (durationMs > slowMs) times.slow += 1;
    countDuration(times.durations, durationMs);
    this.#uses += 1;
    times.lastUse = this.#uses;
  }

  #find(text: string, plannable: boolean): StatementTimes {
    const kept = text.length <= maxTextLength ? text : `${text.slice(0, maxTextLength)}…`;
    return this.#statements.get(kept) ?? new StatementTimes(kept, plannable);
  }

  #list(times: StatementTimes): void {
    const known = this.#statements.get(times.text);
    if (known !== undefined) {
      // Another connection began its own times of the same text.
      times.absorb(known);
      this.#drop(known);
    } else if (this.#statements.size >= maxStatements) {
      const oldest = this.#leastRecentlyUsed();
      this.#unlisted.absorb(oldest);
      this.#drop(oldest);
    }
    this.#statements.set(times.text, times);
    times.listed = true;
  }

  #leastRecentlyUsed(): StatementTimes {
    const all = [...this.#statements.values()];
    return all.reduce((oldest, times) => (times.lastUse < oldest.lastUse ? times : oldest));
  }

  #drop(times: StatementTimes): void {
    this.#statements.delete(times.text);
    times.listed = false;
    times.clear();
  }
}
