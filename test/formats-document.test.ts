import { expect, test } from "vitest";
import { formats } from "@nerve/formats";
import { printFormatsDocument, readmeOf } from "../scripts/formats-document/document.ts";

test.each(formats)("the README of $name has the parts that the document is made of", ({ name, coverage }) => {
  const readme = readmeOf(name);
  expect(readme.match(/^#+ .*$/gm)?.slice(1)).toEqual(["## What is read", "## Traps"]);
  const traps = readme.slice(readme.indexOf("## Traps"));
  expect(traps).toMatch(/^- \S/m);
  expect(readme).toMatch(new RegExp(`[Cc]overage \`${coverage}\``));
});

test("the document has a row and a section of each format", () => {
  const text = printFormatsDocument();
  for (const { name, files } of formats) {
    expect(text).toContain(`| [\`${name}\`](#${name}) | ${files.join(", ")} |`);
    expect(text).toContain(`\n## ${name}\n`);
  }
});
