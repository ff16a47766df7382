// `npm run docs`: writes the documents that are printed from the code.
import { writeFileSync } from "node:fs";
import { printedDocuments } from "./documents.ts";

for (const [file, print] of Object.entries(printedDocuments)) {
  writeFileSync(new URL(`../${file}`, import.meta.url), await print());
}
