import { printApiDocument } from "./api-document/document.ts";
import { printSchemaDocument } from "./schema-document/document.ts";

/** Every document that is printed from the code, by its file. */
export const printedDocuments: Readonly<Record<string, () => string>> = {
  "docs/API.md": printApiDocument,
  "docs/SCHEMA.md": printSchemaDocument,
};
