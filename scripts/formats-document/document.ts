import { readFileSync } from "node:fs";
import { formats } from "@nerve/formats";

type Format = (typeof formats)[number];

const coverages: Readonly<Record<Format["coverage"], string>> = {
  named: "what the report names, found clean or not",
  hits: "nothing, unless whoever imports it says so",
};

const introduction = `# Formats

Which reports of scanners \`@nerve/formats\` reads, printed from its registry and the README of each format (\`npm run docs\`).

A report covers what it may speak for: only there does silence mean that something is gone. A format of coverage \`named\` covers what
its reports name, and one of \`hits\` covers nothing by itself. Whatever its format, a report covers nothing (\`none\`) that ends too
early, that says that the scan failed, or of which many records cannot be read. Severities are critical, high, medium, low and
info; a tool's own word counts in any case, and informational, none, unknown, negligible and log are info.
`;

/** Prints docs/FORMATS.md. */
export function printFormatsDocument(): string {
  return [introduction, table(), ...formats.map((format) => section(format))].join("\n");
}

function table(): string {
  const rows = formats.map(
    ({ name, files, coverage, target }) =>
      `| [\`${name}\`](#${name}) | ${files.join(", ")} | \`${coverage}\` | ${target ?? ""} |`,
  );
  return ["| format | files | coverage | target needed |", "| --- | --- | --- | --- |", ...rows, ""].join("\n");
}

function section({ name, files, coverage, target }: Format): string {
  const facts = [
    `Files: ${files.join(", ")}. Covers ${coverages[coverage]}.`,
    ...(target === undefined ? [] : ["Needs a target where the report does not say what was scanned."]),
  ].join(" ");
  return `## ${name}\n\n${facts}\n\n${partsOf(readmeOf(name))}`;
}

/** Folders are called as their formats, but for the one of any tool's rows. */
export function readmeOf(format: string): string {
  const folder = format === "csv" ? "generic" : format;
  return readFileSync(new URL(`../../packages/formats/src/${folder}/README.md`, import.meta.url), "utf8");
}

/** A README without its title, its headings one step lower. */
function partsOf(readme: string): string {
  return readme.slice(readme.indexOf("## ")).replaceAll(/^## /gm, "### ");
}
