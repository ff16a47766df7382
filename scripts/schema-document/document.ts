import { moduleNames, type ModuleName, type TableDefinition } from "../../packages/database/src/schema/kit/index.ts";
import { systemTables, tables } from "../../packages/database/src/schema/tables.ts";
import { printDiagram } from "./diagram.ts";
import { introduction } from "./introduction.ts";
import { columnsBeyond } from "./original.ts";
import { printTable } from "./table.ts";

const titles: Readonly<Record<ModuleName, string>> = {
  core: "Core: companies, users, sessions",
  security: "Security: API keys and events",
  ghost: "Ghost search: breached credentials",
  osint: "Open-source intelligence",
  surface: "Attack surface",
  compliance: "Compliance",
  roadmap: "Roadmap",
  bait: "Bait: honeytokens",
  files: "Files",
  system: "System",
};

const allTables: readonly TableDefinition[] = [...tables, ...systemTables];

function printModule(module: ModuleName): string {
  const own = allTables.filter((table) => table.module === module);
  return [`## ${titles[module]}`, printDiagram(own), ...own.map((table) => printTable(table, allTables))].join("\n\n");
}

function printContents(module: ModuleName): string {
  const links = allTables
    .filter((table) => table.module === module)
    .map(({ name }) => `[\`${name}\`](#${name})`)
    .join(", ");
  return `- ${titles[module]}: ${links}`;
}

function printBeyond(): string {
  const lines = tables.flatMap((table) => {
    const more = columnsBeyond(table);
    return more.length === 0 ? [] : [`- \`${table.name}\`: ${more.map((name) => `\`${name}\``).join(", ")}`];
  });
  return ["## Columns beyond the original's 602", lines.join("\n")].join("\n\n");
}

/** Writes docs/SCHEMA.md from the definitions of the tables. */
export function printSchemaDocument(): string {
  const contents = ["## Contents", moduleNames.map(printContents).join("\n")].join("\n\n");
  const parts = [introduction(tables), contents, printBeyond(), ...moduleNames.map(printModule)];
  return `${parts.join("\n\n")}\n`;
}
