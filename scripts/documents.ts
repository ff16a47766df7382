import { documentSettings, documentUpkeep } from "@nerve/server";
import { apiPages, printApiIndex } from "./api-document/document.ts";
import { printSchemaDocument } from "./schema-document/document.ts";
import { printRolesDocument } from "./server-documents/roles.ts";

/** Every document that is printed from the code, by its file. */
export const printedDocuments: Readonly<Record<string, () => string | Promise<string>>> = {
  "docs/API.md": printApiIndex,
  ...apiPages,
  "docs/ROLES.md": printRolesDocument,
  "docs/SCHEMA.md": printSchemaDocument,
  "docs/SETTINGS.md": documentSettings,
  "docs/UPKEEP.md": documentUpkeep,
};
