import type { ScanRecord } from "@nerve/formats";
import type { ReportReader, Survey } from "../../reading/report-reader.ts";

/** Larger groups than this go by order anyway, and need not be together. */
const mostOfGroup = 500;
/** Records that are read at once; fewer only for slices that are smaller. */
const mostOfBatch = 500;
/** Most records that wait for the rest of their groups. */
const mostWaiting = 100_000;

interface Group {
  missing: number;
  readonly records: ScanRecord[];
}

/**
 * Reads a report in slices for transactions. Findings that only their positions tell apart stay together, so that they can be matched at
 * once with those that there are.
 */
export async function* readSlices(
  { reader, survey }: { readonly reader: Pick<ReportReader, "records">; readonly survey: Survey },
  { sliceRecords }: { sliceRecords: number },
): AsyncGenerator<ScanRecord[]> {
  const groups = groupsOf(survey);
  let waiting = 0;
  let slice: ScanRecord[] = [];
  for await (const batch of reader.records({ batch: Math.min(sliceRecords, mostOfBatch) })) {
    for (const record of batch) {
      const group = groups.get(record.index ?? -1);
      if (group === undefined || waiting > mostWaiting) slice.push(record);
      else {
        group.records.push(record);
        group.missing -= 1;
        waiting += 1;
        if (group.missing > 0) continue;
        waiting -= group.records.length;
        slice.push(...group.records);
        group.records.length = 0;
      }
      if (slice.length < sliceRecords) continue;
      yield slice;
      slice = [];
    }
  }
  // What was to wait for records that went on before it.
  for (const group of new Set(groups.values())) {
    slice.push(...group.records);
    if (slice.length < sliceRecords) continue;
    yield slice;
    slice = [];
  }
  if (slice.length > 0) yield slice;
}

function groupsOf({ repeated }: Survey): Map<number, Group> {
  const groups = new Map<number, Group>();
  for (const { indexes } of repeated) {
    if (indexes.length > mostOfGroup) continue;
    const group = { missing: indexes.length, records: [] };
    for (const index of indexes) groups.set(index, group);
  }
  return groups;
}
