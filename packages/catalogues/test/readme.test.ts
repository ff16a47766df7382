import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

test("the example of the README runs, and prints what it should", async () => {
  const [, code = ""] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  const body = code.replace('from "@nerve/catalogues"', `from "${new URL("../src/index.ts", import.meta.url).href}"`);
  const printed = vi.spyOn(console, "log").mockReturnValue();
  await import(`data:text/javascript,${encodeURIComponent(body)}`);
  expect(printed.mock.calls).toEqual([
    ["sql-injection", "critical"],
    ["exposed-redis", "exposed-database", "critical"],
  ]);
});
