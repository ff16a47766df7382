import { type PythonName, pythonNames } from "./python-names.ts";
import type { ApiFunction, OperationText } from "./read-functions.ts";
import { rowsIn, tableOfRow, toJson, typeOf } from "./schema-text.ts";

/** Prints what a function is, takes, answers and throws. */
export function printFunction(api: ApiFunction): string {
  const python = pythonNames.filter(({ typescript }: PythonName) => typescript.includes(api.name));
  const parameters = api.parameters.filter(({ text }) => text !== "the database, or an open transaction");
  return [
    `## ${api.name}`,
    ...(python.length === 0 ? [] : [`In Python: ${python.map((name) => `\`${name.python}\``).join(", ")}.`]),
    api.description,
    fence(api.signature),
    ...(api.operation === undefined ? [] : [printFields(api.operation)]),
    printList([
      ...parameters.map(({ name, text }) => `\`${name}\`: ${text}`),
      ...(api.operation === undefined ? [] : printRights(api.operation)),
      ...(api.returns === undefined ? [] : [`Returns ${api.returns}`]),
      ...(api.operation === undefined ? [] : [printAnswer(api.operation)]),
      ...api.throws.map(({ name, text }) => `Throws ${name === "" ? "" : `\`${name}\` `}${text}`),
      ...api.sources.map((source) => `See ${source}`),
    ]),
    ...api.examples.map(fence),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function printFields({ fields }: OperationText): string {
  if (fields.length === 0) return "";
  const rows = fields.map(
    ({ name, type, isRequired, standard, limits }) =>
      `| \`${name}\` | ${inCell(type)} | ${isRequired ? "yes" : "no"} | ${standard === undefined ? "" : inCell(standard)} | ${limits} |`,
  );
  return ["| Field | Type | Required | Default | Limits |", "| --- | --- | --- | --- | --- |", ...rows].join("\n");
}

function inCell(code: string): string {
  return `\`${code.replaceAll("|", String.raw`\|`)}\``;
}

function printRights({ kind, permission, fresh, mayLag }: OperationText): string[] {
  return [
    `Permission: \`${permission}\`. It ${kind === "changing" ? "changes something" : "only reads"}.`,
    ...(fresh
      ? ["Takes a fresh sign-in: FRESH_SIGN_IN_NEEDED after an older one, PERMISSION_DENIED for an API key."]
      : []),
    ...(mayLag ? ["A replica may answer, a little late, through `forLaggingReads(db)`."] : []),
  ];
}

function printAnswer({ output }: OperationText): string {
  const json = toJson(output, "output");
  const rows = rowsIn(json).map((name) => `[\`${name}\`](../SCHEMA.md#${tableOfRow(name) ?? ""})`);
  const told = rows.length === 0 ? "" : `; the columns of ${rows.join(", ")} are in the schema`;
  return `Answers \`${typeOf(json)}\`${told}`;
}

function printList(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join("\n");
}

/** Code in a document. */
export function fence(code: string): string {
  return `\`\`\`ts\n${code}\n\`\`\``;
}
