import { printableLine } from "./printable.ts";

/** What a table can show. */
export type Cell = string | number | boolean | Date | null | undefined;

/**
 * Lays rows out in columns.
 *
 * @param headings the names of the columns
 * @param rows as many cells each; control characters are escaped, absent values shown as `-`
 * @returns one line per row under the headings; a sentence when there are none
 */
export function formatTable(headings: readonly string[], rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return "None.";
  const lines = [headings, ...rows.map((row) => row.map(formatCell))];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => widthOf(line[column]))));
  return lines
    .map((line) => line.map((cell, column) => pad(cell, widths[column])).join("  "))
    .map((line) => line.trimEnd())
    .join("\n");
}

function formatCell(cell: Cell): string {
  if (cell === null || cell === undefined || cell === "") return "-";
  return cell instanceof Date ? formatTime(cell) : printableLine(String(cell));
}

/** A moment as people read it: to the second, in UTC. */
export function formatTime(time: Date): string {
  return time
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "Z");
}

/** As many characters as a list shows of one value: longer ones would push every other column off the screen. */
const longestCell = 48;

/** A value as a list shows it; `--json` has the whole of it. */
export function shortened(cell: Cell): Cell {
  if (typeof cell !== "string" || widthOf(cell) <= longestCell) return cell;
  return `${Array.from(cell)
    .slice(0, longestCell - 1)
    .join("")}…`;
}

function widthOf(cell = ""): number {
  return Array.from(cell).length;
}

function pad(cell: string, width = 0): string {
  return cell + " ".repeat(Math.max(0, width - widthOf(cell)));
}
