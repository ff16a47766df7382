// `npm run docs`: writes docs/SCHEMA.md from the definitions of the tables.
import { writeFileSync } from "node:fs";
import { printSchemaDocument } from "./schema-document/document.ts";

writeFileSync(new URL("../docs/SCHEMA.md", import.meta.url), printSchemaDocument());
