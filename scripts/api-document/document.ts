import { errorRegistry } from "../../packages/database/src/index.ts";
import { fence, printFunction } from "./print-function.ts";
import { type PythonName, pythonNames } from "./python-names.ts";
import { type ApiExports, type ApiFunction, readExports } from "./read-functions.ts";
import { pageOfRoom, type RoomPage, roomPages } from "./rooms.ts";
import { tasks } from "./tasks.ts";

const introduction = `# The functions of @nerve/database

<!-- Printed from the doc comments of packages/database/src by \`npm run docs\`. -->

Everything is imported from \`@nerve/database\`; queries and tables of your own are written with \`@nerve/database/query\` and
\`@nerve/database/schema\`, see [its README](../packages/database/README.md). What \`db\` is: the database that \`openDatabase\` returns, or an open transaction;
every function that takes it runs in both. Fields that are not known are refused.

**Operations** are functions that also know what they are: they are called \`deleteUser(db, { id }, caller?)\`, and
\`deleteUser.description\` tells their permission, their fields and their answer. The caller is the system unless told; \`caller\`
narrows an operation to the records that it reaches. An operation of which no field is required may be called with \`db\` alone.
Whether the caller has the permission is asked by whoever makes the caller: the server does it before it calls.

What fails throws an error of one family, \`DatabaseError\`, with a stable \`code\`; \`null\` and \`false\` only answer a function's own
question. Besides the errors listed, whatever takes \`db\` throws CONNECTION_FAILED, BUSY, TIMEOUT, STORAGE_FULL, CORRUPT, CLOSED and
DATABASE_FAILED when the database cannot do it. No message holds SQL, values, tokens or hashes.

The examples are run as tests, on SQLite and on PostgreSQL.`;

let known: ApiExports | undefined;

/** What is exported, read once: it takes seconds. */
function exportsOnce(): ApiExports {
  known ??= readExports();
  return known;
}

/** Writes docs/API.md: the functions by what they are for, those of the Python system, and the errors. */
export function printApiIndex(): string {
  const { functions } = exportsOnce();
  const pages = roomPages.map(({ room, title }) => `- [${title}](api/${room}.md)`);
  const parts = [introduction, "## By task", ...tasks.map((task) => printTask(task, functions))];
  const tables = ["## From Python", printPythonNames(functions), "## Errors", printErrors()];
  return `${[...parts, "## By room", pages.join("\n"), ...tables].join("\n\n")}\n`;
}

function printTask({ title, functions: names }: (typeof tasks)[number], functions: readonly ApiFunction[]): string {
  return [
    `### ${title}`,
    names.map((name) => `- ${linkTo(name, functions)}${purposeOf(name, functions)}`).join("\n"),
  ].join("\n\n");
}

/** The first sentence on a function. */
function purposeOf(name: string, functions: readonly ApiFunction[]): string {
  const description = functions.find((api) => api.name === name)?.description.replaceAll(/\s+/g, " ") ?? "";
  const first = /^.*?[.:;](?= |$)/.exec(description)?.[0] ?? description;
  return `: ${first.replace(/[.:;]$/, "")}`;
}

/** Every page of the functions, by its file. */
export const apiPages: Readonly<Record<string, () => string>> = Object.fromEntries(
  roomPages.map((page): [string, () => string] => [`docs/api/${page.room}.md`, () => printRoom(page)]),
);

function printRoom(page: RoomPage): string {
  const { functions, types } = exportsOnce();
  const own = functions.filter(({ module }) => pageOfRoom(module) === page);
  const ownTypes = types.filter(({ module }) => pageOfRoom(module) === page);
  const contents = own.map(({ name }) => `[\`${name}\`](#${name.toLowerCase()})`).join(", ");
  const parts = [
    `# ${page.title}`,
    "<!-- Printed from the doc comments of packages/database/src by `npm run docs`. -->",
    "What holds for all functions, and the errors, are in [API.md](../API.md).",
    ...(own.length === 0 ? [] : [contents]),
    ...own.map(printFunction),
    ...(ownTypes.length === 0 ? [] : ["## Types"]),
    ...ownTypes.map(({ text }) => fence(text)),
  ];
  return `${parts.join("\n\n")}\n`;
}

function linkTo(name: string, functions: readonly ApiFunction[]): string {
  const api = functions.find((candidate) => candidate.name === name);
  const page = api === undefined ? undefined : pageOfRoom(api.module);
  return page === undefined ? `\`${name}\`` : `[\`${name}\`](api/${page.room}.md#${name.toLowerCase()})`;
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
