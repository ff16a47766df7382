import type { ExportedLocation } from "./exported-finding.ts";

/** What has no column of a place: its own values, and those that only the tool's format knows. */
export interface PlaceDetail {
  readonly message: string | undefined;
  readonly address: string | undefined;
  readonly command: string | undefined;
  readonly startColumn: number | undefined;
  readonly endColumn: number | undefined;
  /** In the order of their names. */
  readonly others: Readonly<Record<string, unknown>>;
}

/** Takes apart what an import put together. */
export function placeDetail({ detail }: Pick<ExportedLocation, "detail">): PlaceDetail {
  const all = (detail ?? {}) as Readonly<Record<string, unknown>>;
  const { message, address, command, startColumn, endColumn, ...others } = all;
  return {
    message: textOf(message),
    address: textOf(address),
    command: textOf(command),
    startColumn: numberOf(startColumn),
    endColumn: numberOf(endColumn),
    others: Object.fromEntries(Object.entries(others).toSorted(([one], [other]) => (one < other ? -1 : 1))),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
