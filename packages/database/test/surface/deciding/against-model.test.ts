import { severities } from "@nerve/formats";
import { expect, test } from "vitest";
import { changeKind } from "../../../src/surface/deciding/change-kind.ts";
import { findingStatuses, isOpen } from "../../../src/surface/deciding/statuses.ts";
import {
  decisionActions,
  type FindingState,
  whenAcceptanceEnds,
  whenDecided,
  whenGone,
  whenSeen,
} from "../../../src/surface/deciding/transitions.ts";
import { testClock } from "../../support/clock.ts";
import { type Random, randomFrom } from "../../support/random.ts";
import { type ModelAcceptance, type ModelReport, type SeenPlace, SurfaceModel } from "../support/model.ts";

const now = new Date("2026-11-26T00:00:00Z");
const place = (finding: string, other: Partial<SeenPlace> = {}): SeenPlace => ({
  finding,
  asset: "host",
  place: "/",
  severity: "medium",
  ...other,
});
const report = (places: readonly SeenPlace[], other: Partial<ModelReport> = {}): ModelReport => ({
  series: "weekly",
  covers: ["host"],
  places,
  ...other,
});
/** As many findings as a hold takes. */
const twenty = Array.from({ length: 20 }, (_, index) => place(`f${index}`));

/** A model that knows some findings. */
function knowing(...places: readonly SeenPlace[]): SurfaceModel {
  const model = new SurfaceModel();
  model.import(report(places), now);
  return model;
}

test("silence closes what the report covers, and nothing else", () => {
  const model = knowing(place("a"), place("b"), place("c", { asset: "other" }));
  expect(model.import(report([place("b")]), now)).toMatchObject({ untouched: ["b"], closed: ["a"], notCovered: ["c"] });
  expect(model.import(report([], { covers: "all" }), now)).toMatchObject({ closed: ["b", "c"], notCovered: [] });
});

test.each<[string, Partial<ModelReport>]>([
  ["a partial report", { partial: true }],
  ["one that covers nothing", { covers: [] }],
  ["one that must not", { close: "never" }],
  ["another series", { series: "monthly" }],
])("%s closes nothing", (_, other) => {
  expect(knowing(place("a")).import(report([], other), now)).toMatchObject({ closed: [], gone: [] });
});

test("a finding is there while one of its places is, as any series saw it", () => {
  const model = knowing(place("a"), place("a", { place: "/login" }));
  expect(model.import(report([place("a")]), now)).toMatchObject({ closed: [], gone: [] });
  model.import(report([place("a")], { series: "monthly" }), now);
  expect(model.import(report([]), now)).toMatchObject({ closed: [], gone: [] });
  expect(model.import(report([], { series: "monthly" }), now)).toMatchObject({ closed: ["a"], gone: ["a"] });
});

test("a list of places that is a sample says nothing of the others", () => {
  const model = knowing(place("a"), place("a", { place: "/login" }));
  const sampled = model.import(report([place("a", { sampled: true })]), now);
  expect(sampled).toMatchObject({ notCovered: ["a"], gone: [] });
});

test("what people dismissed keeps its state when it goes", () => {
  const model = knowing(place("a"));
  model.decide("a", "false-positive", now);
  expect(model.import(report([]), now)).toMatchObject({ closed: [], gone: ["a"] });
  expect(model.findings.get("a")?.status).toBe("false_positive");
});

test("a report that would take away nearly all is held, until somebody confirms it", () => {
  const model = knowing(...twenty);
  const held = model.import(report([]), now);
  expect(held).toMatchObject({ closed: [], held: twenty.map(({ finding }) => finding) });
  expect(held !== null && model.confirm(held)).toBe(true);
  expect(held).toMatchObject({ closed: twenty.map(({ finding }) => finding) });
});

test("less is not held, nor is what was said to be unheld, nor can it be confirmed after a later report", () => {
  expect(knowing(...twenty.slice(1)).import(report([]), now)).toMatchObject({ held: [] });
  const others = Array.from({ length: 14 }, (_, index) => place(`g${index}`));
  expect(knowing(...twenty, ...others).import(report(others), now)).toMatchObject({ held: [] });
  expect(knowing(...twenty, ...others.slice(1)).import(report(others.slice(1)), now)?.held).toHaveLength(20);
  expect(knowing(...twenty).import(report([], { close: "unheld" }), now)).toMatchObject({ held: [] });
  const model = knowing(...twenty);
  const held = model.import(report([]), now);
  model.import(report(twenty), now);
  expect(held !== null && model.confirm(held)).toBe(false);
});

test("a report from before the newest of its series is out of date, and a time to come is now", () => {
  const model = knowing();
  const early = new Date("2026-11-25T00:00:00Z");
  const late = new Date("2026-12-25T00:00:00Z");
  expect(model.import(report([place("a")], { scannedAt: late }), now)?.created).toEqual(["a"]);
  expect(model.import(report([], { scannedAt: early }), now)).toBeNull();
  expect(model.import(report([], { scannedAt: early, partial: true }), now)).not.toBeNull();
  expect(model.import(report([place("b", { asset: "other" })], { covers: [], scannedAt: early }), now)).not.toBeNull();
  expect(model.import(report([], { scannedAt: early, asNewest: true }), now)?.closed).toEqual(["a"]);
  expect(model.import(report([place("a")]), now)?.reactivated).toEqual(["a"]);
});

function anyReport(random: Random, at: Date): ModelReport {
  const assets = ["a", "b"] as const;
  const places = Array.from({ length: random.below(5) }, (): SeenPlace => {
    const asset = random.pick(assets);
    const other = { suppressed: random.below(4) === 0, sampled: random.below(6) === 0 };
    const name = `${asset}${random.below(2)}`;
    return { finding: name, asset, place: `${random.below(2)}`, severity: random.pick(severities), ...other };
  });
  const covers = random.pick<ModelReport["covers"]>(["all", [], ["a"], ["a", "b"], ["a", "b"]]);
  const scannedAt = new Date(at.getTime() - random.below(3) * 3_600_000);
  return { series: random.pick(["s", "t"]), covers, places, scannedAt, asNewest: random.below(2) === 0 };
}

/** The same findings, their states by the functions under test. */
class ByFunctions {
  readonly states = new Map<string, FindingState>();

  #change(name: string, status: FindingState["status"] | null, other: Partial<FindingState> = {}): void {
    const state = this.states.get(name);
    if (state === undefined || status === null) return;
    this.states.set(name, { ...state, ...other, status, ...(isOpen(status) ? { lastOpen: status } : {}) });
  }

  /** Shows a finding of a report; whether it came back. */
  see(name: string, places: readonly SeenPlace[], scannedAt: Date, at: Date): boolean {
    const suppressed = places.every((one) => one.suppressed === true);
    const severity = severities.find((one) => places.some((other) => other.severity === one)) ?? "info";
    const state = this.states.get(name);
    if (state === undefined) {
      const status = suppressed ? "suppressed" : "open";
      this.states.set(name, { status, lastOpen: "open", decidedAt: null, acceptance: null });
      return false;
    }
    const to = whenSeen(state, { suppressed, severity, scannedAt, now: at });
    this.#change(name, to);
    return to !== null && changeKind(state.status, to, "import") === "reactivated";
  }

  /** Whether it was resolved by being gone. */
  lose(name: string): boolean {
    const state = this.states.get(name);
    const to = state === undefined ? null : whenGone(state.status);
    this.#change(name, to);
    return to !== null;
  }

  decide(name: string, action: (typeof decisionActions)[number], at: Date, acceptance: ModelAcceptance): string {
    const state = this.states.get(name);
    if (state === undefined) return "unknown";
    const answer = whenDecided(action, state.status, state.lastOpen);
    if (typeof answer === "string") return answer;
    const { to } = answer;
    const kept = to === "accepted" ? acceptance : null;
    this.#change(name, to, { decidedAt: to === "fixed" ? at : null, acceptance: kept });
    return "changed";
  }

  endAcceptance(name: string): void {
    const state = this.states.get(name);
    if (state !== undefined) this.#change(name, whenAcceptanceEnds(state.status));
  }
}

interface Both {
  readonly model: SurfaceModel;
  readonly functions: ByFunctions;
}

function takeIn({ model, functions }: Both, given: ModelReport, at: Date): void {
  const receipt = model.import(given, at);
  if (receipt === null) return;
  const seen = [...Map.groupBy(given.places, ({ finding }) => finding)];
  const back = seen.filter(([name, places]) => functions.see(name, places, given.scannedAt ?? at, at));
  expect(back.map(([name]) => name)).toEqual(receipt.reactivated);
  expect(receipt.gone.filter((name) => functions.lose(name))).toEqual(receipt.closed);
}

function decideBoth({ model, functions }: Both, random: Random, name: string, at: Date): void {
  const action = random.pick(decisionActions);
  const expiresAt = new Date(at.getTime() + (1 + random.below(48)) * 3_600_000);
  const acceptance = { maxSeverity: random.pick(severities), expiresAt, endedAt: null };
  expect(functions.decide(name, action, at, acceptance)).toBe(model.decide(name, action, at, acceptance));
}

test("random reports, decisions and days lead to the same states", () => {
  const reached = new Set<string>();
  for (let seed = 1; seed <= 40; seed += 1) {
    const random = randomFrom(seed);
    const clock = testClock();
    const both = { model: new SurfaceModel(), functions: new ByFunctions() };
    for (let step = 0; step < 40; step += 1) {
      const at = clock.now();
      const names = [...both.model.findings.keys()];
      const kind = names.length === 0 ? 0 : random.below(6);
      if (kind < 3) takeIn(both, anyReport(random, at), at);
      else if (kind < 5) decideBoth(both, random, random.pick(names), at);
      else {
        clock.advance({ hours: random.below(12) });
        const { acceptance = null } = both.model.findings.get(random.pick(names)) ?? {};
        const opened = both.model.endAcceptances(clock.now(), random.below(3) === 0 ? acceptance : null);
        for (const name of opened) both.functions.endAcceptance(name);
      }
      const states = [...both.functions.states].map(([name, { status }]) => [name, status]);
      const expected = [...both.model.findings].map(([name, { status }]) => [name, status]);
      expect({ seed, step, states }).toEqual({ seed, step, states: expected });
      for (const { status } of both.model.findings.values()) reached.add(status);
    }
  }
  expect(reached.size).toBe(findingStatuses.length);
});
