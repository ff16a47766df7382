import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { tables } from "../packages/database/src/index.ts";

const document = readFileSync(new URL("../docs/SCHEMA.md", import.meta.url), "utf8");

describe("docs/SCHEMA.md", () => {
  test("has every table and every column", () => {
    const sections = new Map(document.split("\n### ").map((section) => [section.split("\n")[0], section]));
    for (const { name, columnList } of tables) {
      const documented = sections.get(name)?.match(/^\| `[^`]+`/gm);
      expect(documented, name).toEqual(columnList.map((column) => `| \`${column.name}\``));
    }
  });

  test("links only to headings that it has", () => {
    const headings = new Set(Array.from(document.matchAll(/^#+ (.+)$/gm), ([, title]) => title));
    const targets = Array.from(document.matchAll(/\]\(#([^)]+)\)/g), ([, target]) => target);
    expect(targets.length).toBeGreaterThan(tables.length);
    expect(targets.filter((target) => !headings.has(target))).toEqual([]);
  });
});
