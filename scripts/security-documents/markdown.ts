/** Writes a table of Markdown; what stands in a cell is one line. */
export function printTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  return [headings, headings.map(() => "---"), ...rows].map(printRow).join("\n");
}

function printRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** Puts the parts of a document together, under its title and the place that it is made from. */
export function printPage(title: string, source: string, parts: readonly string[]): string {
  return `${[`# ${title}`, `<!-- Made from ${source} by \`npm run docs\`. -->`, ...parts].join("\n\n")}\n`;
}

/** Names in a row, as code. */
export function asCode(names: readonly string[]): string {
  return names.length === 0 ? "–" : names.map((name) => `\`${name}\``).join(", ");
}
