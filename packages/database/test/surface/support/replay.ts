import type { DecisionAction } from "../../../src/surface/deciding/transitions.ts";
import { type ModelAcceptance, type ModelFinding, type ModelReceipt, type ModelReport, SurfaceModel } from "./model.ts";

/** What is accepted, and until when. */
export type Terms = Pick<ModelAcceptance, "maxSeverity" | "expiresAt">;

interface TakenIn {
  readonly kind: "import";
  readonly number: number;
  readonly report: ModelReport;
  readonly at: Date;
  /** What it looked at: what it showed, and what it covered. */
  readonly assets: ReadonlySet<string>;
}

interface Decided {
  readonly kind: "decision";
  readonly name: string;
  readonly action: DecisionAction;
  readonly at: Date;
  readonly terms: Terms;
}

interface Ended {
  readonly kind: "end of acceptances";
  readonly opened: readonly string[];
  readonly at: Date;
}

/**
 * A model that can take an import back: by living through everything else once more. What a person has decided on since the import stays
 * as it is; what came before that cannot be lived through again, and is taken back no more.
 */
export class ReplayedModel {
  #start = new SurfaceModel();
  #model = new SurfaceModel();
  #lived: (TakenIn | Decided | Ended)[] = [];

  get findings(): SurfaceModel["findings"] {
    return this.#model.findings;
  }

  /** The imports that stand and can be taken back, unless others followed. */
  get imports(): readonly number[] {
    return this.#lived.flatMap((one) => (one.kind === "import" ? [one.number] : []));
  }

  /** Takes a report in as the import of that number; null where it is out of date. */
  import(report: ModelReport, at: Date, number: number): ModelReceipt | null {
    const assets = this.#model.looksAt(report);
    const receipt = this.#model.import(report, at);
    if (receipt !== null) this.#lived.push({ kind: "import", number, report, at, assets });
    return receipt;
  }

  decide(name: string, action: DecisionAction, at: Date, terms: Terms) {
    const answer = this.#model.decide(name, action, at, { ...terms, endedAt: null });
    if (answer === "changed") this.#lived.push({ kind: "decision", name, action, at, terms });
    return answer;
  }

  /** Ends the acceptances whose time is over; how many findings are open again. */
  endAcceptances(at: Date): number {
    const opened = this.#model.endAcceptances(at);
    this.#lived.push({ kind: "end of acceptances", opened, at });
    return opened.length;
  }

  /** Takes an import back; false where a later one of its series spoke of what it looked at. */
  undo(number: number): boolean {
    const place = this.#lived.findIndex((one) => one.kind === "import" && one.number === number);
    const undone = this.#lived[place] as TakenIn;
    const since = this.#lived.slice(place + 1);
    const isFollowed = since.some(
      (one) =>
        one.kind === "import" &&
        one.report.series === undone.report.series &&
        [...one.assets].some((asset) => undone.assets.has(asset)),
    );
    if (isFollowed) return false;
    const decided = new Set(
      since.flatMap((one) => (one.kind === "decision" ? [one.name] : one.kind === "import" ? [] : one.opened)),
    );
    const before = this.#model.findings;
    this.#lived = this.#lived.toSpliced(place, 1);
    this.#liveAgain();
    for (const name of decided) this.#keep(name, before.get(name) as ModelFinding);
    if (decided.size > 0) {
      this.#start = this.#model.copy();
      this.#lived = [];
    }
    return true;
  }

  #liveAgain(): void {
    this.#model = this.#start.copy();
    for (const one of this.#lived) {
      if (one.kind === "import") this.#model.import(one.report, one.at);
      else if (one.kind === "end of acceptances") this.#model.endAcceptances(one.at);
      else if (this.findings.has(one.name))
        this.#model.decide(one.name, one.action, one.at, { ...one.terms, endedAt: null });
    }
  }

  /** The places are those that are left. */
  #keep(name: string, finding: ModelFinding): void {
    this.findings.set(name, { ...finding, places: this.findings.get(name)?.places ?? new Map() });
  }
}
