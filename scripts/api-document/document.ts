import { errorRegistry } from "../../packages/database/src/index.ts";
import { type PythonName, pythonNames } from "./python-names.ts";
import { type ApiFunction, readExports } from "./read-functions.ts";

/** The modules, in the order in which they are read, with their titles. */
const titles: Readonly<Record<string, string>> = {
  opening: "Opening",
  database: "Transactions",
  identity: "Accounts, sign-in, sessions, API keys",
  security: "Security events and sign-in attempts",
  audit: "Audit log",
  scans: "Scans",
  records: "Writing records",
  rows: "Rows as answers hold them",
  cryptography: "Passwords, tokens, secrets",
  validation: "Validation",
  migrations: "Migrations",
  operations: "Operations",
  upkeep: "Upkeep",
  schedule: "The upkeep's schedule",
};

const introduction = `# The functions of @nerve/database

<!-- Printed from the doc comments of packages/database/src by \`npm run docs\`. -->

Everything is imported from \`@nerve/database\`; queries and tables of your own are written with \`@nerve/database/query\` and
\`@nerve/database/schema\`, see [its README](../packages/database/README.md). What \`db\` is: the database that \`openDatabase\` returns, or an open transaction;
every function that takes it runs in both. Options travel in one object, and fields that are not known are refused.

What fails throws an error of one family, \`DatabaseError\`, with a stable \`code\`; \`null\` and \`false\` only answer a function's own
question. Besides the errors listed, whatever takes \`db\` throws CONNECTION_FAILED, BUSY, TIMEOUT, STORAGE_FULL, CORRUPT, CLOSED and
DATABASE_FAILED when the database cannot do it. No message holds SQL, values, tokens or hashes.

The examples are run as tests, on SQLite and on PostgreSQL.`;

/** Writes docs/API.md. */
export function printApiDocument(): string {
  const { functions, types } = readExports();
  const unknown = functions.filter(({ module }) => titles[module] === undefined);
  if (unknown.length > 0) throw new Error(`No title for the module of ${unknown.map(({ name }) => name).join(", ")}.`);
  const byModule = Object.entries(titles)
    .map(([module, title]) => ({
      title,
      functions: functions.filter((api) => api.module === module),
      types: types.filter((type) => type.module === module),
    }))
    .filter((module) => module.functions.length > 0);
  const contents = byModule.map(
    (module) => `- ${module.title}: ${module.functions.map(({ name }) => linkTo(name, functions)).join(", ")}`,
  );
  const modules = byModule.flatMap((module) => [
    `## ${module.title}`,
    ...module.functions.map(printFunction),
    ...(module.types.length === 0 ? [] : [`### Types: ${module.title}`]),
    ...module.types.map(({ text }) => fence(text)),
  ]);
  const tables = ["## From Python", printPythonNames(functions), "## Errors", printErrors()];
  return `${[introduction, "## Contents", contents.join("\n"), ...tables, ...modules].join("\n\n")}\n`;
}

function linkTo(name: string, functions: readonly ApiFunction[]): string {
  return functions.some((api) => api.name === name) ? `[\`${name}\`](#${name.toLowerCase()})` : `\`${name}\``;
}

function printPythonNames(functions: readonly ApiFunction[]): string {
  const rows = pythonNames.map(({ python, typescript, note = "" }: PythonName) => {
    const names = typescript.map((name) => linkTo(name, functions)).join(", ");
    return `| \`${python}\` | ${names === "" ? "–" : names} | ${note} |`;
  });
  return ["| Python | TypeScript | Note |", "| --- | --- | --- |", ...rows].join("\n");
}

function printErrors(): string {
  const rows = Object.entries(errorRegistry).map(
    ([code, { status, message, help }]) => `| ${code} | ${message} | ${help} | ${status} |`,
  );
  return ["| Code | What happened | What to do next | HTTP status |", "| --- | --- | --- | --- |", ...rows].join("\n");
}

function printFunction(api: ApiFunction): string {
  const python = pythonNames.filter(({ typescript }) => typescript.includes(api.name));
  const parameters = api.parameters.filter(({ text }) => text !== "the database, or an open transaction");
  return [
    `### ${api.name}`,
    ...(python.length === 0 ? [] : [`In Python: ${python.map((name) => `\`${name.python}\``).join(", ")}.`]),
    api.description,
    fence(api.signature),
    printList([
      ...parameters.map(({ name, text }) => `\`${name}\`: ${text}`),
      ...(api.returns === undefined ? [] : [`Returns ${api.returns}`]),
      ...api.throws.map(({ name, text }) => `Throws ${name === "" ? "" : `\`${name}\` `}${text}`),
      ...api.sources.map((source) => `See ${source}`),
    ]),
    ...api.examples.map(fence),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function printList(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join("\n");
}

function fence(code: string): string {
  return `\`\`\`ts\n${code}\n\`\`\``;
}
