import { datetime, id, integer, owner, reference, softDelete, table, tenant, text, updated } from "./kit/index.ts";
import { companies, users } from "./core.ts";

export const uploadedFiles = table(
  "uploaded_files",
  { module: "files", description: "A file of credentials that was uploaded for a short time." },
  {
    id: id(),
    uploadId: text().notNull().unique(),
    filename: text().notNull(),
    filePath: text().notNull(),
    uploadTime: datetime().stamped(),
    lineCount: integer().default(0),
    parsedCredentialCount: integer().default(0),
    fileSizeBytes: integer().default(0),
    ...owner(users),
    ...updated(),
    ...softDelete(),
    ...tenant(companies),
  },
);

export const uploadedCredentials = table(
  "uploaded_credentials",
  { module: "files", description: "A credential of an uploaded file." },
  {
    id: id(),
    uploadId: reference(uploadedFiles, { onDelete: "cascade", column: "uploadId" }).notNull(),
    email: text().notNull().indexed(),
    password: text().sensitive("harvested"),
    additionalData: text(),
    lineNumber: integer(),
    ...owner(users),
    ...updated(),
    ...softDelete(),
  },
);
