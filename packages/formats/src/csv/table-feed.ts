import type { Feed, FeedCollector } from "../format/format.ts";
import type { Head } from "../head/head.ts";
import { csvFeed } from "./csv-feed.ts";

/** A row of a table whose first row names the columns. */
export class TableRow {
  readonly #columns: ReadonlyMap<string, number>;
  readonly #cells: readonly string[];

  constructor(columns: ReadonlyMap<string, number>, cells: readonly string[]) {
    this.#columns = columns;
    this.#cells = cells;
  }

  /** The first of some columns, by names in lower case, that holds a text; else empty. */
  get(...names: string[]): string {
    for (const name of names) {
      const text = this.#cells[this.#columns.get(name) ?? -1]?.trim() ?? "";
      if (text !== "") return text;
    }
    return "";
  }
}

/** Reads CSV whose first row names the columns; that row may come again. A last row with too few cells is cut off. */
export function tableFeed(
  head: Pick<Head, "delimiter">,
  into: FeedCollector,
  onRow: (row: TableRow, line: number) => void,
): Feed {
  let columns: Map<string, number> | undefined;
  let first = "";
  let short: { cells: readonly string[]; line: number } | undefined;
  const give = (cells: readonly string[], line: number) => onRow(new TableRow(columns ?? new Map(), cells), line);
  const feed = csvFeed(head, into, (cells, line) => {
    if (columns === undefined) {
      columns = new Map(cells.map((cell, at) => [cell.trim().toLowerCase(), at]));
      first = cells[0] ?? "";
      return;
    }
    if (short !== undefined) give(short.cells, short.line);
    short = undefined;
    if (cells.length < columns.size) short = { cells, line };
    else if (cells[0] !== first || !isHeader(cells, columns)) give(cells, line);
  });
  return {
    write: (text) => feed.write(text),
    end() {
      feed.end();
      if (short !== undefined) into.cutOff("the last row is not whole", `line ${short.line}`);
    },
  };
}

function isHeader(cells: readonly string[], columns: ReadonlyMap<string, number>): boolean {
  return cells.every((cell, at) => columns.get(cell.trim().toLowerCase()) === at);
}
