import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { printedDocuments } from "../scripts/documents.ts";

test.each(Object.keys(printedDocuments))("%s is what the code says; `npm run docs` writes it anew", async (file) => {
  expect(readFileSync(new URL(`../${file}`, import.meta.url), "utf8")).toBe(await printedDocuments[file]?.());
});
