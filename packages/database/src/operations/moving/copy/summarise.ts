import type { TableDefinition } from "../../../schema/kit/index.ts";
import type { MovingSummary, TableSummary } from "../summary.ts";
import type { ArrivedTable } from "./progress-record.ts";

interface Outcome {
  readonly tables: readonly TableDefinition[];
  readonly arrived: Readonly<Record<string, ArrivedTable>>;
  readonly durationMs: number;
  /** Whether each table was found as it was sent; undefined where nothing was written. */
  readonly matches: Readonly<Record<string, boolean>> | undefined;
}

/** Sums up a copy, or a dry run of one. */
export function summarise({ tables, arrived, durationMs, matches }: Outcome): MovingSummary {
  const summaries = tables.map(({ name }): TableSummary => {
    const { read = 0, written = 0 } = arrived[name] ?? {};
    return { table: name, read, written, rejected: read - written, checksumMatch: matches?.[name] ?? null };
  });
  const reasons = Object.values(arrived).flatMap((table) => table.reasons);
  const total = (wanted: string) =>
    reasons.filter(({ kind }) => kind === wanted).reduce((sum, { count }) => sum + count, 0);
  const withIds = tables.filter(({ columnList }) => columnList.some(({ kind }) => kind === "id"));
  return {
    tables: summaries,
    rejectedTotal: total("rejected"),
    adjustedTotal: total("adjusted"),
    reasons,
    sequencesSet: matches === undefined ? 0 : withIds.length,
    durationMs,
  };
}
