import { isVisible } from "../../packages/database/src/schema/kit/index.ts";
import { systemTables, tables } from "../../packages/database/src/schema/tables.ts";
import type { JsonSchema } from "../api-document/schema-text.ts";
import type { ServerDescription } from "../server-documents/describe-server.ts";
import { asCode, printPage, printTable } from "./markdown.ts";

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema?: JsonSchema }>>;
}

interface RouteSchema {
  readonly tags?: readonly string[];
  readonly requestBody?: Content;
  readonly responses?: Readonly<Record<string, Content>>;
}

interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, RouteSchema>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
}

/** Who may read and who may write a field: permissions, or `anybody`. */
export interface FieldAccess {
  readonly subject: string;
  readonly field: string;
  readonly readWith: readonly string[];
  readonly writtenWith: readonly string[];
}

/** Makes the matrix of fields of what routes take and answer. */
export function fieldMatrix({ routes, api }: ServerDescription): FieldAccess[] {
  const document = api as ApiDocument;
  const found = new Map<string, { subject: string; field: string; read: Set<string>; written: Set<string> }>();
  const entryOf = (subject: string, field: string) => {
    const key = `${subject} ${field}`;
    const entry = found.get(key) ?? { subject, field, read: new Set<string>(), written: new Set<string>() };
    found.set(key, entry);
    return entry;
  };
  for (const { method, url, access } of routes) {
    const route = document.paths[url.replaceAll(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()];
    const subject = route?.tags?.[0];
    if (route === undefined || subject === undefined) continue;
    for (const field of fieldsIn(answerOf(route), document)) entryOf(subject, field).read.add(access);
    for (const field of fieldsIn(schemaOf(route.requestBody), document)) entryOf(subject, field).written.add(access);
  }
  return [...found.values()]
    .map(({ subject, field, read, written }) => ({
      subject,
      field,
      readWith: [...read].toSorted(),
      writtenWith: [...written].toSorted(),
    }))
    .toSorted((a, b) => a.subject.localeCompare(b.subject, "en") || a.field.localeCompare(b.field, "en"));
}

function answerOf({ responses = {} }: RouteSchema): JsonSchema | undefined {
  const good = Object.keys(responses).find((status) => status.startsWith("2"));
  return good === undefined ? undefined : schemaOf(responses[good]);
}

function schemaOf(content: Content | undefined): JsonSchema | undefined {
  return content?.content?.["application/json"]?.schema;
}

/** Names of the fields of a schema; those of records within it and of lists stand beside them. */
function fieldsIn(schema: JsonSchema | undefined, document: ApiDocument): string[] {
  if (schema === undefined) return [];
  const { $ref, properties, items, anyOf } = schema;
  if ($ref !== undefined) return fieldsIn(document.components.schemas[$ref.split("/").at(-1) ?? ""], document);
  const own = Object.entries(properties ?? {}).flatMap(([name, field]) => {
    const inner = fieldsIn(field, document);
    return inner.length === 0 ? [name] : inner;
  });
  const within = [...(anyOf ?? []), ...(items === undefined ? [] : [items])];
  return [...new Set([...own, ...within.flatMap((part) => fieldsIn(part, document))])];
}

/** The columns that leave by no row, by table. */
export function hiddenFields(): { readonly table: string; readonly fields: readonly string[] }[] {
  return [...tables, ...systemTables].flatMap(({ name, columnList }) => {
    const fields = columnList.filter((column) => !isVisible(column)).map(({ property }) => property);
    return fields.length === 0 ? [] : [{ table: name, fields }];
  });
}

/** Prints docs/security/FIELDS.md: who may read and write which field. */
export function printFieldsDocument(described: ServerDescription): string {
  const matrix = fieldMatrix(described);
  const subjects = [...new Set(matrix.map(({ subject }) => subject))];
  return printPage("Fields", "the schemas of the routes", [
    "Who may read and who may write which field over HTTP; the library and the command line have the same operations. A field is read\nor written with a permission, which says whose records it reaches: [ROLES.md](../ROLES.md) names the roles that have it. What is not\nlisted is refused when it is sent, and never answered.",
    ...subjects.flatMap((subject) => [
      `## ${subject}`,
      printTable(
        ["Field", "Read with", "Written with"],
        matrix
          .filter((entry) => entry.subject === subject)
          .map(({ field, readWith, writtenWith }) => [`\`${field}\``, asCode(readWith), asCode(writtenWith)]),
      ),
    ]),
    "## Never answered",
    "Columns that no row leaves with, whoever asks. What is shown once, when it is made, is the token, never what is kept of it.",
    printTable(
      ["Table", "Fields"],
      hiddenFields().map(({ table, fields }) => [`\`${table}\``, asCode(fields)]),
    ),
  ]);
}
