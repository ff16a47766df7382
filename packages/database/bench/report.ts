import type { Outcome } from "./compare.ts";

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const small = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 });
/** What is done a few times a second, or less, has decimals. */
const number = { format: (value: number) => (value < 10 ? small : whole).format(value) };

function cells(result: Outcome): string[] {
  const { operation, engine, against, atLeast } = result;
  if ("missing" in result) return [operation, engine, against, "–", `≥ ${atLeast}`, "–", result.missing];
  return [
    operation,
    engine,
    against,
    result.ratio.toFixed(2),
    `≥ ${atLeast}`,
    result.ratio >= atLeast ? "yes" : "NO",
    `${number.format(result.ours)}${result.unit ?? "/s"}`,
    `${number.format(result.other)}${result.unit ?? "/s"}`,
    result.pythonFactor === undefined ? "" : `${number.format(result.pythonFactor)}×`,
  ];
}

/** Prints the results as a table. */
export function formatTable(results: readonly Outcome[]): string {
  const head = ["operation", "engine", "against", "ratio", "goal", "reached", "ours", "other", "Python"];
  const rows = [head, ...results.map(cells)];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}
