// `npm run docs`: writes docs/SETTINGS.md and docs/ROLES.md from the server's settings, role matrix and routes.
import { writeFileSync } from "node:fs";
import { printServerDocuments } from "./server-documents.ts";

for (const [name, text] of Object.entries(await printServerDocuments())) {
  writeFileSync(new URL(`../docs/${name}`, import.meta.url), text);
}
