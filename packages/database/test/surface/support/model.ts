import { severities, type Severity } from "@nerve/formats";
import type { FindingStatus } from "../../../src/surface/deciding/statuses.ts";
import type { DecisionAction } from "../../../src/surface/deciding/transitions.ts";

/** A place that a report shows. */
export interface SeenPlace {
  /** Names the finding: what makes it that one is not the model's business. */
  readonly finding: string;
  readonly asset: string;
  readonly place: string;
  readonly severity: Severity;
  readonly suppressed?: boolean;
  /** The finding has more places than the report lists. */
  readonly sampled?: boolean;
}

export interface ModelReport {
  readonly series: string;
  /** Of the report itself; left out where it has none. */
  readonly scannedAt?: Date;
  readonly partial?: boolean;
  /** The assets that it may speak for; `all` is what its series ever saw. */
  readonly covers: "all" | readonly string[];
  readonly close?: "covered" | "never" | "unheld";
  readonly asNewest?: boolean;
  readonly places: readonly SeenPlace[];
}

/** What an import did, as the numbers of its receipt, and to which findings. */
export interface ModelReceipt {
  readonly created: string[];
  readonly reactivated: string[];
  readonly untouched: string[];
  closed: string[];
  readonly held: string[];
  readonly notCovered: string[];
  /** Those of which no place is left, whatever that made of their states. */
  gone: string[];
}

export interface ModelAcceptance {
  readonly maxSeverity: Severity;
  readonly expiresAt: Date;
  endedAt: Date | null;
}

interface ModelPlace {
  readonly series: string;
  isPresent: boolean;
}

export interface ModelFinding {
  readonly asset: string;
  status: FindingStatus;
  severity: Severity;
  wasConfirmed: boolean;
  claimedAt: Date | null;
  acceptance: ModelAcceptance | null;
  /** By series and name. */
  readonly places: Map<string, ModelPlace>;
}

/** What an import held back. */
interface Held {
  readonly importNumber: number;
  readonly series: string;
  readonly places: ReadonlyMap<string, readonly ModelPlace[]>;
}

const isOpen = ({ status }: ModelFinding) => status === "open" || status === "confirmed";
const isWorse = (one: Severity, other: Severity) => severities.indexOf(one) < severities.indexOf(other);

/**
 * The findings of one source of a company, their states, and what imports may close, by the plainest means: the tables and the import
 * are compared with it. It was written by the specification alone, without the code, and heeds neither time nor memory.
 */
export class SurfaceModel {
  readonly findings = new Map<string, ModelFinding>();
  /** By series and asset, the newest import that spoke of it. */
  readonly #spoke = new Map<string, { readonly at: Date; readonly importNumber: number }>();
  readonly #held = new Map<ModelReceipt, Held>();
  #imports = 0;

  /** Takes a report in; null where it is out of date. */
  import(report: ModelReport, now: Date): ModelReceipt | null {
    const at = report.scannedAt === undefined || report.scannedAt > now ? now : report.scannedAt;
    const assets = this.looksAt(report);
    const spokeOf = (asset: string) => this.#spoke.get(`${report.series} ${asset}`);
    const isLate = [...assets].some((asset) => (spokeOf(asset)?.at ?? at) > at);
    if (isLate && report.asNewest !== true) return null;
    this.#imports += 1;
    for (const asset of assets) this.#spoke.set(`${report.series} ${asset}`, { at, importNumber: this.#imports });
    const receipt: ModelReceipt = {
      created: [],
      reactivated: [],
      untouched: [],
      closed: [],
      held: [],
      notCovered: [],
      gone: [],
    };
    const openBefore = new Set([...this.findings].filter(([, finding]) => isOpen(finding)).map(([name]) => name));
    for (const [name, places] of Map.groupBy(report.places, ({ finding }) => finding)) {
      receipt[this.#see(name, places, report.series, at, now)].push(name);
    }
    this.#closeUnseen(report, openBefore, receipt);
    return receipt;
  }

  /** The model as it is now, to go on from it twice. */
  copy(): SurfaceModel {
    const copy = new SurfaceModel();
    for (const [name, finding] of structuredClone(this.findings)) copy.findings.set(name, finding);
    for (const [key, spoke] of this.#spoke) copy.#spoke.set(key, spoke);
    copy.#imports = this.#imports;
    return copy;
  }

  /** The assets of which a report would speak now: what it shows, and what it covers. */
  looksAt(report: ModelReport): ReadonlySet<string> {
    return new Set([...this.#silentlySpokenOf(report), ...report.places.map(({ asset }) => asset)]);
  }

  /** What a report covers it speaks of, be it by silence, unless it may close nothing. */
  #silentlySpokenOf({ series, covers, partial, close }: ModelReport): readonly string[] {
    if (partial === true || close === "never") return [];
    const known = [...this.#spoke.keys()].filter((key) => key.startsWith(`${series} `));
    const ofSeries = known.map((key) => key.slice(series.length + 1));
    return covers === "all" ? ofSeries : ofSeries.filter((asset) => covers.includes(asset));
  }

  #see(name: string, places: readonly SeenPlace[], series: string, at: Date, now: Date) {
    const isSuppressed = places.every(({ suppressed }) => suppressed === true);
    const severity = places.map((place) => place.severity).reduce((one, other) => (isWorse(one, other) ? one : other));
    const known = this.findings.get(name);
    const finding: ModelFinding = known ?? {
      asset: places[0]?.asset ?? "",
      status: isSuppressed ? "suppressed" : "open",
      severity,
      wasConfirmed: false,
      claimedAt: null,
      acceptance: null,
      places: new Map(),
    };
    this.findings.set(name, finding);
    finding.severity = severity;
    for (const { place } of places) finding.places.set(`${series} ${place}`, { series, isPresent: true });
    if (known === undefined) return "created";
    const before = finding.status;
    if (!isSuppressed) seeAgain(finding, at, now);
    else if (before === "open" || before === "resolved") finding.status = "suppressed";
    const isBack = finding.status !== before && finding.status !== "suppressed";
    return isBack ? "reactivated" : "untouched";
  }

  #closeUnseen(report: ModelReport, openBefore: ReadonlySet<string>, receipt: ModelReceipt): void {
    const { series, covers, close, partial } = report;
    const isForbidden = partial === true || close === "never";
    const isCovered = (asset: string) => !isForbidden && (covers === "all" || covers.includes(asset));
    const closable = new Map<string, readonly ModelPlace[]>();
    let had = 0;
    for (const [name, finding] of this.findings) {
      const shown = report.places.filter((place) => place.finding === name);
      const seen = new Set(shown.map(({ place }) => `${series} ${place}`));
      const ofSeries = [...finding.places].filter(([, place]) => place.series === series && place.isPresent);
      const unseen = ofSeries.filter(([key]) => !seen.has(key)).map(([, place]) => place);
      if (isCovered(finding.asset) && openBefore.has(name) && ofSeries.length > 0) had += 1;
      if (unseen.length === 0) continue;
      const mayClose = isCovered(finding.asset) && !shown.some(({ sampled }) => sampled === true);
      if (mayClose) closable.set(name, unseen);
      else receipt.notCovered.push(name);
    }
    const away = [...closable].filter(([name, places]) => this.#wouldGo(name, places)).map(([name]) => name);
    const openAway = away.filter((name) => openBefore.has(name)).length;
    if (close !== "unheld" && openAway >= 20 && openAway >= 0.6 * had) {
      receipt.held.push(...away);
      this.#held.set(receipt, { importNumber: this.#imports, series, places: closable });
      return;
    }
    this.#close(closable, receipt);
  }

  /** Whether nothing would be left of a finding without these places. */
  #wouldGo(name: string, places: readonly ModelPlace[]): boolean {
    const all = [...(this.findings.get(name)?.places.values() ?? [])];
    return all.every((place) => !place.isPresent || places.includes(place));
  }

  #close(closable: Held["places"], receipt: ModelReceipt): void {
    for (const [name, places] of closable) {
      const finding = this.findings.get(name);
      if (finding === undefined) continue;
      const isGone = this.#wouldGo(name, places);
      for (const place of places) place.isPresent = false;
      if (!isGone) continue;
      receipt.gone.push(name);
      if (["resolved", "false_positive", "out_of_scope"].includes(finding.status)) continue;
      finding.status = "resolved";
      receipt.closed.push(name);
    }
  }

  /** Closes what an import held; false where a later one of its series spoke of these assets. */
  confirm(receipt: ModelReceipt): boolean {
    const held = this.#held.get(receipt);
    if (held === undefined) return false;
    const assets = [...held.places.keys()].map((name) => this.findings.get(name)?.asset ?? "");
    const newest = assets.map((asset) => this.#spoke.get(`${held.series} ${asset}`)?.importNumber ?? 0);
    if (newest.some((number) => number > held.importNumber)) return false;
    this.#held.delete(receipt);
    this.#close(held.places, receipt);
    return true;
  }

  /** Decides of a finding; what is accepted may be one acceptance of several findings. */
  decide(name: string, action: DecisionAction, now: Date, acceptance: ModelAcceptance | null = null) {
    const finding = this.findings.get(name);
    if (finding === undefined) throw new Error(`There is no finding ${name}.`);
    const to = decided(finding, action);
    if (to === "refused") return "refused";
    if (to === finding.status) return "unchanged";
    finding.status = to;
    finding.claimedAt = to === "fixed" ? now : null;
    finding.acceptance = to === "accepted" ? acceptance : null;
    noteOpen(finding);
    return "changed";
  }

  /** Ends the acceptances whose time is over, or one that is revoked; the findings that are open again. */
  endAcceptances(now: Date, revoked: ModelAcceptance | null = null): string[] {
    const isOver = (one: ModelAcceptance | null) => one !== null && (one === revoked || one.expiresAt <= now);
    const ended = [...this.findings].filter(([, { acceptance }]) => isOver(acceptance));
    for (const [, { acceptance }] of ended) if (acceptance !== null) acceptance.endedAt ??= now;
    const opened = ended.filter(([, { status }]) => status === "accepted");
    for (const [, finding] of opened) {
      finding.status = "open";
      noteOpen(finding);
    }
    return opened.map(([name]) => name);
  }
}

/** A state that is open is what the finding goes back to when it comes back. */
function noteOpen(finding: ModelFinding): void {
  if (isOpen(finding)) finding.wasConfirmed = finding.status === "confirmed";
}

function seeAgain(finding: ModelFinding, at: Date, now: Date): void {
  const { status, acceptance, severity, claimedAt, wasConfirmed } = finding;
  const isGrown = acceptance !== null && isWorse(severity, acceptance.maxSeverity);
  if (status === "fixed" && claimedAt !== null && at > claimedAt) finding.status = "open";
  if (status === "suppressed" || (status === "accepted" && isGrown)) finding.status = "open";
  if (status === "resolved") {
    const isLive = acceptance?.endedAt === null && acceptance.expiresAt > now && !isGrown;
    if (isLive) finding.status = "accepted";
    else finding.status = wasConfirmed ? "confirmed" : "open";
  }
  noteOpen(finding);
}

function decided(finding: ModelFinding, action: DecisionAction): FindingStatus | "refused" {
  const { status, wasConfirmed } = finding;
  if (action === "fixed") return saidToBeFixed(status);
  if (action === "reopen") {
    const isConfirmed = status === "confirmed" || status === "suppressed" || (status === "resolved" && wasConfirmed);
    return isConfirmed ? "confirmed" : "open";
  }
  if (status === "resolved") return "refused";
  if (action === "confirm") return status === "fixed" ? "refused" : "confirmed";
  if (action === "accept-risk") return "accepted";
  return action === "false-positive" ? "false_positive" : "out_of_scope";
}

function saidToBeFixed(status: FindingStatus): FindingStatus | "refused" {
  if (status === "resolved") return status;
  return ["false_positive", "out_of_scope", "suppressed"].includes(status) ? "refused" : "fixed";
}
