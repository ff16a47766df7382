/** What belongs together: an index among the known lines, and one among the reported. */
export type Pair = readonly [known: number, reported: number];

/** Above this many on one side, the best alignment would take too long. */
const mostAligned = 500;

type Line = number | null;
interface Placed {
  readonly index: number;
  readonly line: number;
}

/**
 * Finds which of the known lines is which of the reported ones, where nothing but their positions tells them apart: as many as there
 * can be, their order kept, with the least total distance. Those on equal lines, and without one, are in the order given.
 */
export function alignLines(known: readonly Line[], reported: readonly Line[]): Pair[] {
  const pairs = alignPlaced(placedOf(known), placedOf(reported));
  const [pairedKnown, pairedReported] = [new Set(pairs.map(([one]) => one)), new Set(pairs.map(([, one]) => one))];
  const rest = inOrder(
    [...known.keys()].filter((index) => !pairedKnown.has(index)),
    [...reported.keys()].filter((index) => !pairedReported.has(index)),
  );
  return [...pairs, ...rest];
}

function placedOf(lines: readonly Line[]): Placed[] {
  return lines
    .flatMap((line, index) => (line === null ? [] : [{ line, index }]))
    .toSorted((one, other) => one.line - other.line);
}

function alignPlaced(known: readonly Placed[], reported: readonly Placed[]): Pair[] {
  if (Math.max(known.length, reported.length) > mostAligned) return alignMany(known, reported);
  if (known.length <= reported.length) return leastDistance(known, reported);
  return leastDistance(reported, known).map(([one, other]) => [other, one]);
}

/** By order. Where some came or went, those whose line is reported stay: by order alone they would move, at each report anew. */
function alignMany(known: readonly Placed[], reported: readonly Placed[]): Pair[] {
  const [knownIndexes, reportedIndexes] = [known.map(({ index }) => index), reported.map(({ index }) => index)];
  if (known.length === reported.length) return inOrder(knownIndexes, reportedIndexes);
  const byLine = Map.groupBy(known, ({ line }) => line);
  const staying = new Map<number, number>();
  for (const { line, index } of reported) {
    const same = byLine.get(line)?.shift();
    if (same !== undefined) staying.set(same.index, index);
  }
  const stayed = new Set(staying.values());
  const moved = inOrder(
    knownIndexes.filter((index) => !staying.has(index)),
    reportedIndexes.filter((index) => !stayed.has(index)),
  );
  return [...staying, ...moved];
}

function inOrder(known: readonly number[], reported: readonly number[]): Pair[] {
  return known.slice(0, reported.length).map((index, position) => [index, reported[position] as number]);
}

/**
 * Pairs all of the shorter list with some of the longer one. How many of the longer one are passed over by then is what tells one
 * state from another: few, where most are still there.
 */
function leastDistance(shorter: readonly Placed[], longer: readonly Placed[]): Pair[] {
  const width = longer.length - shorter.length + 1;
  const lineAt = (list: readonly Placed[], position: number) => (list[position] as Placed).line;
  /** The least distance from here to the end, by how many are passed over. */
  const distances = new Float64Array(width);
  /** Whether the two are a pair in the best that follows; where passing over is as good, they are. */
  const isPair = new Uint8Array(shorter.length * width);
  for (let position = shorter.length - 1; position >= 0; position -= 1) {
    const line = lineAt(shorter, position);
    for (let passed = width - 1; passed >= 0; passed -= 1) {
      const paired = Math.abs(line - lineAt(longer, position + passed)) + (distances[passed] as number);
      const next = distances[passed + 1] ?? Infinity;
      isPair[position * width + passed] = paired <= next ? 1 : 0;
      distances[passed] = Math.min(paired, next);
    }
  }
  let passed = 0;
  return shorter.map(({ index }, position) => {
    while (isPair[position * width + passed] === 0) passed += 1;
    return [index, (longer[position + passed] as Placed).index];
  });
}
