import type { ScanRecord } from "@nerve/formats";
import { expect, test } from "vitest";
import type { Survey } from "../../../src/surface/reading/report-reader.ts";
import { readSlices } from "../../../src/surface/importing/report/slices.ts";

/** Reads a report of so many records, of which some are told apart by their positions alone. */
async function slicesOf(count: number, repeated: readonly (readonly number[])[], sliceRecords: number) {
  const records = Array.from({ length: count }, (_, index) => ({ kind: "finding", index }) as ScanRecord);
  const reader = {
    async *records({ batch = 500 }: { batch?: number } = {}) {
      for (let from = 0; from < count; from += batch) yield records.slice(from, from + batch);
    },
  };
  const survey = { repeated: repeated.map((indexes) => ({ indexes })) } as unknown as Survey;
  const slices: number[][] = [];
  for await (const slice of readSlices({ reader, survey }, { sliceRecords })) {
    slices.push(slice.map((record) => record.index ?? -1));
  }
  return slices;
}

test("slices are no longer than is asked for but by a group, which stays together, and hold each record once", async () => {
  // Pairs of which all second halves come at the end, and one whose other half never comes.
  const pairs = Array.from({ length: 400 }, (_, index) => [index, 600 + index]);
  const slices = await slicesOf(1000, [...pairs, [500, 5000]], 100);
  for (const slice of slices) expect(slice.length).toBeLessThanOrEqual(101);
  const sliceOf = new Map(slices.flatMap((slice, at) => slice.map((index) => [index, at] as const)));
  for (const [one = 0, other = 0] of pairs) expect(sliceOf.get(one)).toBe(sliceOf.get(other));
  expect(slices.flat().toSorted((one, other) => one - other)).toEqual(
    Array.from({ length: 1000 }, (_, index) => index),
  );
});
