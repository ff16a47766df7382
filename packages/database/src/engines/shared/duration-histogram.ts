/** Parts of a millisecond that durations are counted in: 0.24 µs each. */
const unitsOfMillisecond = 4096;
const largest = 2 ** 31 - 1;
/** Durations below this many units have a bucket each; above, each doubling is cut into eight. */
const exactUnits = 16;
const exactBits = 4;
const partBits = 3;
const bucketCount = exactUnits + (31 - exactBits) * 2 ** partBits;

/** How often durations occurred, in buckets that are an eighth of a doubling wide: percentiles are within 6 %. */
export type DurationHistogram = Uint32Array<ArrayBuffer>;

export function emptyHistogram(): DurationHistogram {
  return new Uint32Array(bucketCount);
}

function bucketOf(ms: number): number {
  // No function call and no logarithm: this runs at every statement.
  const units = ms * unitsOfMillisecond < largest ? (ms * unitsOfMillisecond) | 0 : largest;
  if (units < exactUnits) return units < 0 ? 0 : units;
  const exponent = 31 - Math.clz32(units);
  const part = (units >>> (exponent - partBits)) & (2 ** partBits - 1);
  return exactUnits + (exponent - exactBits) * 2 ** partBits + part;
}

/** Counts a duration, in milliseconds. */
export function countDuration(histogram: DurationHistogram, ms: number): void {
  const bucket = bucketOf(ms);
  histogram[bucket] = (histogram[bucket] ?? 0) + 1;
}

/** Adds the counts of one histogram to another. */
export function addHistogram(to: DurationHistogram, from: DurationHistogram): void {
  for (const [bucket, count] of from.entries()) to[bucket] = (to[bucket] ?? 0) + count;
}

/** The middle of a bucket, in milliseconds. */
function middleOf(bucket: number): number {
  if (bucket < exactUnits) return (bucket + 0.5) / unitsOfMillisecond;
  const exponent = exactBits + Math.floor((bucket - exactUnits) / 2 ** partBits);
  const part = (bucket - exactUnits) % 2 ** partBits;
  return (2 ** (exponent - partBits) * (2 ** partBits + part + 0.5)) / unitsOfMillisecond;
}

/**
 * Finds the duration that a part of all does not exceed.
 * @param part 0.95 for the 95th percentile
 * @returns milliseconds; 0 when nothing was counted
 */
export function percentileOf(histogram: DurationHistogram, part: number): number {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  let left = Math.ceil(total * part);
  for (const [bucket, count] of histogram.entries()) {
    left -= count;
    if (count > 0 && left <= 0) return middleOf(bucket);
  }
  return 0;
}
