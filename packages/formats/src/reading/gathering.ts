import { FormatError } from "../errors/format-error.ts";
import type { Collector, Format } from "../format/format.ts";
import { assetIdentity } from "../identity/asset-key.ts";
import { Repeats } from "../identity/repeats.ts";
import { sourceOf } from "../registry/registry.ts";
import type { Limits } from "../limits/limits.ts";
import { RecordCleaner } from "../records/clean-record.ts";
import type { Asset, ScanRecord } from "../records/records.ts";
import type { Counts, Coverage, PortRange, Reject } from "../records/report-survey.ts";

const rejectsKept = 100;
const wordsKept = 100;
/** Above these, a report of a `named` format is too doubtful to close anything. */
const rejectsDoubtful = 100;
const shareDoubtful = 0.05;

/** Gathers what a reader says in one pass. */
export class Gathering implements Collector {
  readonly limits: Limits;
  readonly notes: unknown;
  readonly mapping: Readonly<Record<string, string>>;
  readonly #format: Format;
  readonly #onRecord: (record: ScanRecord, index: number) => void;
  readonly cleaner = new RecordCleaner();
  readonly repeats = new Repeats();
  readonly #counts: Record<string, number | Record<string, number>> = nothing();
  readonly #rules = new Set<string>();
  readonly #warnings = new Set<string>();
  readonly #targets = new Map<string, Asset>();
  readonly #ports: PortRange[] = [];
  readonly #commands = new Map<string, Set<string>>();
  #tellsCommands = false;
  readonly #except = new Set<string>();
  #records = 0;
  #lastRule = "";
  #doubtful = 0;
  #coversNothing: string | undefined;
  readonly rejects: Reject[] = [];
  rejected = 0;
  toolName = "";
  toolVersion = "";
  started: Date | null = null;
  finished: Date | null = null;
  seriesName: string | undefined;
  isCutOff = false;
  kept: unknown;
  wantsAgain = false;

  constructor(
    format: Format,
    given: Pick<Collector, "limits" | "notes" | "mapping">,
    onRecord: (record: ScanRecord, index: number) => void,
  ) {
    this.#format = format;
    this.limits = given.limits;
    this.notes = given.notes;
    this.mapping = given.mapping;
    this.#onRecord = onRecord;
    this.kept = given.notes;
  }

  record(record: ScanRecord): void {
    const index = this.#records;
    this.#records += 1;
    if (index >= this.limits.records)
      throw new FormatError("REPORT_TOO_LARGE", placeOf(record), `more than ${this.limits.records} records`);
    if (record.kind === "finding" || record.kind === "check") this.#rule(record.rule.key, record);
    const clean = this.cleaner.clean(record, index);
    this.#onRecord(record.source === undefined ? clean : { ...clean, source: sourceOf(record.source) }, index);
  }

  #rule(key: string, record: ScanRecord): void {
    if (key === this.#lastRule) return;
    this.#lastRule = key;
    this.#rules.add(key);
    if (this.#rules.size > this.limits.rules)
      throw new FormatError("REPORT_TOO_LARGE", placeOf(record), `more than ${this.limits.rules} rules`);
  }

  count(name: string, word?: string, by = 1): void {
    if (word === undefined) {
      const sum = this.#counts[name];
      this.#counts[name] = (typeof sum === "number" ? sum : 0) + by;
      return;
    }
    let words = this.#counts[name];
    if (typeof words !== "object") {
      words = nothing() as Record<string, number>;
      this.#counts[name] = words;
    }
    const known = word in words || Object.keys(words).length < wordsKept ? word.slice(0, 50) : "other";
    words[known] = (words[known] ?? 0) + by;
  }

  reject(place: string, reason: string, harmless = false): void {
    this.rejected += 1;
    if (!harmless) this.#doubtful += 1;
    if (this.rejects.length < rejectsKept) this.rejects.push({ place, reason });
  }

  warn(sentence: string): void {
    this.#warnings.add(sentence);
  }

  tool(name: string, version = ""): void {
    if (this.toolName === "") this.toolName = this.#short(name);
    if (this.toolVersion === "") this.toolVersion = this.#short(version);
  }

  startedAt(time: Date | undefined): void {
    if (time !== undefined && (this.started === null || time.getTime() < this.started.getTime())) this.started = time;
  }

  finishedAt(time: Date | undefined): void {
    if (time !== undefined && (this.finished === null || time.getTime() > this.finished.getTime()))
      this.finished = time;
  }

  series(name: string): void {
    this.seriesName ??= this.#short(name);
  }

  #short(text: string): string {
    return text.trim().toWellFormed().slice(0, 200);
  }

  cover(target: Asset): void {
    this.#targets.set(assetIdentity(target), target);
  }

  coverPorts(ranges: readonly PortRange[]): void {
    this.#ports.push(...ranges);
  }

  coverCommand(name: string, target?: Asset): void {
    const asset = target === undefined ? "" : assetIdentity(target);
    this.#commands.set(asset, (this.#commands.get(asset) ?? new Set()).add(name));
  }

  coverCommandsOnly(): void {
    this.#tellsCommands = true;
  }

  coverExcept(path: string): void {
    this.#except.add(path);
  }

  coverNothing(reason: string): void {
    this.#coversNothing ??= reason;
  }

  cutOff(reason: string, place = ""): void {
    if (this.isCutOff) return;
    this.isCutOff = true;
    this.reject(place, reason);
    this.coverNothing(reason);
  }

  again(notes: unknown): void {
    this.wantsAgain = true;
    this.kept = notes;
  }

  keep(notes: unknown): void {
    this.kept = notes;
  }

  get counts(): Counts {
    return this.#counts;
  }

  get warnings(): string[] {
    const { cleaned, cut } = this.cleaner.counts;
    return [
      ...this.#warnings,
      ...(cleaned === 0 ? [] : [`${cleaned} texts held control characters, which were removed`]),
      ...(cut === 0 ? [] : [`${cut} texts were too long, and cut`]),
    ];
  }

  get coverage(): Coverage {
    const reason = this.#coversNothing ?? this.#doubt();
    const covers = {
      targets: [...this.#targets.values()],
      ...(this.#ports.length === 0 ? {} : { ports: this.#ports }),
      ...(this.#commands.size === 0 && !this.#tellsCommands
        ? {}
        : { commands: Array.from(this.#commands, ([asset, names]) => ({ asset, names: [...names] })) }),
      ...(this.#except.size === 0 ? {} : { except: [...this.#except] }),
    };
    if (reason !== undefined) return { kind: "none", ...covers, reason };
    if (this.#format.coverage === "hits") return { kind: "hits", ...covers };
    return this.#targets.size === 0
      ? { kind: "none", ...covers, reason: "the report names nothing that was looked at" }
      : { kind: "named", ...covers };
  }

  /** Reports of hits cover nothing by themselves, so there is nothing to doubt. */
  #doubt(): string | undefined {
    if (this.#format.coverage === "hits") return undefined;
    const all = typeof this.#counts["records"] === "number" ? this.#counts["records"] : this.#records;
    const isDoubtful = this.#doubtful > rejectsDoubtful || this.#doubtful > (all + this.#doubtful) * shareDoubtful;
    return isDoubtful ? `${this.#doubtful} records could not be read` : undefined;
  }
}

/** An object for names that a report chose. */
function nothing<Value>(): Record<string, Value> {
  return Object.create(null) as Record<string, Value>;
}

function placeOf({ line = 0 }: ScanRecord): string {
  return line > 0 ? `line ${line}` : "";
}
