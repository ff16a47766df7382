import { describe, expect, test } from "vitest";
import {
  type KnownPlace,
  type Match,
  matchFindings,
  type ReportedPlace,
} from "../../../src/surface/deciding/match-findings.ts";
import { type Random, randomFrom } from "../../support/random.ts";

const known = (id: number, place: Partial<KnownPlace> = {}): KnownPlace => ({
  id,
  contextKey: "a",
  ordinal: id - 1,
  toolKey: null,
  line: null,
  ...place,
});
const at = (line: number | null, place: Partial<ReportedPlace> = {}): ReportedPlace => ({
  contextKey: "a",
  toolKey: null,
  line,
  positional: true,
  ...place,
});
/** A match, with the tool's name where there is one, and the first place where it is a further one. */
function match(id: number | null, by: Match["by"], ordinal: number, other: Partial<Match> = {}): Match {
  return { known: id, by, ordinal, toolKey: null, sameAs: null, ...other };
}

/** What is known after a report: those that were matched moved to where it shows them, and new ones came. */
function store(before: readonly KnownPlace[], reported: readonly ReportedPlace[]): KnownPlace[] {
  const after = new Map(before.map((place) => [place.id, place]));
  for (const [index, { known: matched, ordinal, toolKey, sameAs }] of matchFindings(before, reported).entries()) {
    const { contextKey, line } = reported[index] as ReportedPlace;
    const id = matched ?? Math.max(0, ...after.keys()) + 1;
    if (sameAs === null) after.set(id, { id, contextKey, ordinal, toolKey, line });
  }
  return [...after.values()];
}

/** The finding of each reported place; null for a new one. */
const idsOf = (before: readonly KnownPlace[], reported: readonly ReportedPlace[]) =>
  matchFindings(before, reported).map(({ known: id }) => id);

const keysOf = (places: readonly KnownPlace[]) => places.map(({ contextKey, ordinal }) => `${contextKey} ${ordinal}`);

describe("Which finding it is", () => {
  test("the context tells, whatever the line", () => {
    expect(matchFindings([known(1, { line: 3 })], [at(90), at(4, { contextKey: "b" })])).toEqual([
      match(1, "context", 0),
      match(null, "new", 0),
    ]);
  });

  test("the tool's name tells before the context does, and the finding goes over to its new context", () => {
    const places = [known(1, { toolKey: "k" }), known(2, { contextKey: "b", ordinal: 0 })];
    expect(matchFindings(places, [at(1, { contextKey: "b", toolKey: "k" }), at(1)])).toEqual([
      match(1, "tool key", 1, { toolKey: "k" }),
      match(null, "new", 1),
    ]);
  });

  test("a finding that stays where it is keeps its ordinal, and new ones get the smallest that are free", () => {
    const places = [known(5, { ordinal: 2, line: 20 }), known(6, { ordinal: 0, line: 80 })];
    expect(matchFindings(places, [at(20), at(21), at(80), at(99)])).toEqual([
      match(5, "position", 2),
      match(null, "new", 1),
      match(6, "position", 0),
      match(null, "new", 3),
    ]);
  });

  test("two that change places never have one ordinal at once, in whichever order they are written", () => {
    const places = [known(1, { toolKey: "k" }), known(2, { contextKey: "b", ordinal: 0, toolKey: "l" })];
    const reported = [at(1, { contextKey: "b", toolKey: "k" }), at(1, { toolKey: "l" })];
    expect(matchFindings(places, reported)).toEqual([
      match(1, "tool key", 1, { toolKey: "k" }),
      match(2, "tool key", 1, { toolKey: "l" }),
    ]);
  });

  test("what is matched already is nobody else, and keeps its ordinal to itself", () => {
    expect(matchFindings([], [at(1), at(2)], [known(1), known(2, { ordinal: 2 })])).toEqual([
      match(null, "new", 1),
      match(null, "new", 3),
    ]);
  });

  test("a name that the report gives to several contexts is not trusted", () => {
    const places = [known(1, { toolKey: "requires login" }), known(2, { contextKey: "b", ordinal: 0 })];
    const reported = [
      at(1, { contextKey: "b", toolKey: "requires login" }),
      at(1, { contextKey: "c", toolKey: "requires login" }),
      at(1, { toolKey: "requires login" }),
    ];
    expect(matchFindings(places, reported)).toEqual([
      match(2, "context", 0),
      match(null, "new", 0),
      match(1, "context", 0, { toolKey: "requires login" }),
    ]);
  });

  test("a name that is known in several contexts tells nothing of another one", () => {
    const places = [known(1, { toolKey: "k" }), known(2, { contextKey: "b", ordinal: 0, toolKey: "k" })];
    expect(idsOf(places, [at(1, { contextKey: "c", toolKey: "k" })])).toEqual([null]);
    expect(idsOf(places, [at(1, { contextKey: "b", toolKey: "k" })])).toEqual([2]);
  });

  test("a finding takes over the name that it has now, and keeps what it had where it has none", () => {
    const places = [known(1, { toolKey: "k" })];
    const named = (place: Partial<ReportedPlace>) =>
      matchFindings(places, [at(1, place)]).map(({ toolKey }) => toolKey);
    expect(named({ toolKey: "new rules" })).toEqual(["new rules"]);
    expect(named({ toolKey: null })).toEqual(["k"]);
    const several = ["new rules", "k"].map((toolKey) => at(1, { toolKey, positional: false }));
    expect(matchFindings(places, several).map(({ toolKey }) => toolKey)).toEqual(["k", "k"]);
  });

  test("of findings that nothing tells apart, the first is the oldest", () => {
    expect(idsOf([known(1, { line: 11 }), known(2, { line: 9 })], [at(10), at(10), at(10)])).toEqual([1, 2, null]);
  });

  test("several of one name and one context are told apart by their lines", () => {
    const places = [known(1, { toolKey: "k", line: 10 }), known(2, { toolKey: "k", line: 50 })];
    expect(matchFindings(places, [at(52, { toolKey: "k", contextKey: "b" })])).toEqual([
      match(2, "tool key", 0, { toolKey: "k" }),
    ]);
  });

  test("a decision stays with its occurrence when a neighbour is fixed", () => {
    const places = [known(1, { line: 10 }), known(2, { line: 50 }), known(3, { line: 90 })];
    expect(matchFindings(places, [at(48), at(88)])).toEqual([match(2, "position", 1), match(3, "position", 2)]);
  });

  test("places that are not findings of their own are one finding, known or new", () => {
    const place = { positional: false };
    const reported = [
      at(1, place),
      at(2, { ...place, contextKey: "b" }),
      at(3, place),
      at(4, { ...place, contextKey: "b" }),
    ];
    expect(matchFindings([known(1)], reported)).toEqual([
      match(1, "context", 0),
      match(null, "new", 0),
      match(1, "context", 0, { sameAs: 0 }),
      match(null, "new", 0, { sameAs: 1 }),
    ]);
  });

  test("of several names of such a finding, that of the same context tells first", () => {
    const places = [known(1, { contextKey: "old", ordinal: 0, toolKey: "k" }), known(2, { toolKey: "l" })];
    const reported = [at(1, { positional: false, toolKey: "k" }), at(2, { positional: false, toolKey: "l" })];
    expect(matchFindings(places, reported)).toEqual([
      match(2, "tool key", 1, { toolKey: "l" }),
      match(2, "tool key", 1, { toolKey: "l", sameAs: 0 }),
    ]);
  });

  test("names and contexts may be what objects have by themselves", () => {
    const place = { contextKey: "__proto__", toolKey: "constructor" };
    expect(matchFindings([], [at(1, place)])).toEqual([match(null, "new", 0, { toolKey: "constructor" })]);
    expect(matchFindings([known(1, { ...place, ordinal: 0 })], [at(1, place)])).toEqual([
      match(1, "tool key", 0, { toolKey: "constructor" }),
    ]);
  });
});

function anyReport(random: Random, hasLines: boolean): ReportedPlace[] {
  const positional = { a: random.below(2) === 0, b: random.below(2) === 0, c: true };
  return Array.from({ length: random.below(7) }, () => {
    const contextKey = random.pick(["a", "b", "c"] as const);
    const line = hasLines && random.below(5) > 0 ? random.below(8) : null;
    return { contextKey, line, toolKey: random.pick([null, "k", "l", "m"]), positional: positional[contextKey] };
  });
}

describe("Whatever came before", () => {
  test("the same report again shows the same findings, and nothing changes", () => {
    const random = randomFrom(3);
    for (let round = 0; round < 2000; round += 1) {
      let places: KnownPlace[] = [];
      for (let step = 0; step < 4; step += 1) {
        const reported = anyReport(random, round % 2 === 0);
        places = store(places, reported);
        expect(new Set(keysOf(places)).size, JSON.stringify({ round, places })).toBe(places.length);
        expect({ round, reported, places: store(places, reported) }).toEqual({ round, reported, places });
      }
    }
  });

  test("the same beyond what is aligned", () => {
    const random = randomFrom(4);
    const many = () => Array.from({ length: 480 + random.below(60) }, () => at(random.below(700)));
    let places: KnownPlace[] = [];
    for (let step = 0; step < 4; step += 1) {
      const reported = many();
      places = store(places, reported);
      expect(store(places, reported)).toEqual(places);
    }
  });

  test("one that goes moves no other", () => {
    const random = randomFrom(5);
    for (let round = 0; round < 500; round += 1) {
      const reported = Array.from({ length: 1 + random.below(8) }, () => at(random.below(20)));
      const lines = new Set(reported.map(({ line }) => line));
      // Equal lines are told apart by nothing: there one may stand for another.
      if (lines.size < reported.length) continue;
      const places = store([], reported);
      const gone = random.below(reported.length);
      const before = idsOf(places, reported);
      expect({ reported, gone, ids: idsOf(places, reported.toSpliced(gone, 1)) }).toEqual({
        reported,
        gone,
        ids: before.toSpliced(gone, 1),
      });
    }
  });

  test("findings of their own are never one, and the order in which they are known means nothing", () => {
    const random = randomFrom(6);
    for (let round = 0; round < 500; round += 1) {
      const places = store(store([], anyReport(random, true)), anyReport(random, true));
      const reported = anyReport(random, true);
      const matches = matchFindings(places, reported);
      expect(matchFindings(places.toReversed(), reported)).toEqual(matches);
      const ids = matches.flatMap(({ known: id, sameAs }) => (id === null || sameAs !== null ? [] : [id]));
      expect(new Set(ids).size).toBe(ids.length);
      for (const { sameAs } of matches) if (sameAs !== null) expect(reported[sameAs]?.positional).toBe(false);
    }
  });
});
