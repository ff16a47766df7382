import { documentLogs, documentSettings, documentUpkeep } from "@nerve/server";
import { apiPages, printApiIndex } from "./api-document/document.ts";
import { printFindingKindsDocument } from "./catalogue-documents/finding-kinds.ts";
import { printFormatsDocument } from "./formats-document/document.ts";
import { printSchemaDocument } from "./schema-document/document.ts";
import { printAsvsDocument } from "./security-documents/asvs/document.ts";
import { printConnectionsDocument } from "./security-documents/connections.ts";
import { printCostsDocument } from "./security-documents/costs.ts";
import { printDataDocument } from "./security-documents/data-classes.ts";
import { printFieldsDocument } from "./security-documents/fields.ts";
import { printKeysDocument } from "./security-documents/keys.ts";
import { printWaysInDocument } from "./security-documents/ways-in.ts";
import { describeServer } from "./server-documents/describe-server.ts";
import { printRolesDocument } from "./server-documents/roles.ts";

/** Every document that is printed from the code, by its file. */
export const printedDocuments: Readonly<Record<string, () => string | Promise<string>>> = {
  "docs/API.md": printApiIndex,
  ...apiPages,
  "docs/ASVS.md": printAsvsDocument,
  "docs/FINDING-KINDS.md": printFindingKindsDocument,
  "docs/FORMATS.md": printFormatsDocument,
  "docs/ROLES.md": printRolesDocument,
  "docs/SCHEMA.md": printSchemaDocument,
  "docs/SETTINGS.md": documentSettings,
  "docs/UPKEEP.md": documentUpkeep,
  "docs/security/CONNECTIONS.md": printConnectionsDocument,
  "docs/security/COSTS.md": printCostsDocument,
  "docs/security/DATA.md": printDataDocument,
  "docs/security/FIELDS.md": async () => printFieldsDocument(await describeServer()),
  "docs/security/KEYS.md": printKeysDocument,
  "docs/security/LOGS.md": documentLogs,
  "docs/security/WAYS-IN.md": async () => printWaysInDocument((await describeServer()).routes),
};
