import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { printServerDocuments } from "../scripts/server-documents.ts";

test("docs/SETTINGS.md and docs/ROLES.md are what the server says; `npm run docs` writes them anew", async () => {
  for (const [name, text] of Object.entries(await printServerDocuments())) {
    expect(readFileSync(new URL(`../docs/${name}`, import.meta.url), "utf8")).toBe(text);
  }
});
