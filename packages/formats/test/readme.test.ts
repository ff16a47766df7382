import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { formats } from "../src/index.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

test("the example of the README runs, and prints what it should", async () => {
  const [, code = ""] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  const body = code.replace('from "@nerve/formats"', `from "${new URL("../src/index.ts", import.meta.url).href}"`);
  const printed = vi.spyOn(console, "log").mockReturnValue();
  await import(`data:text/javascript,${encodeURIComponent(body)}`);
  expect(printed.mock.calls).toEqual([
    ["naabu", "read", "hits"],
    ["a.example.org", 22, "open"],
    ["a.example.org", 443, "open"],
  ]);
});

test("the README names every format that is read", () => {
  const names: Readonly<Record<string, string>> = {
    testssl: "testssl.sh",
    xasm: "own scans",
    lightbox: "own scans",
    nerve: "JSON lines",
  };
  const told = readme.toLowerCase();
  expect(formats.map(({ name }) => name).filter((name) => !told.includes((names[name] ?? name).toLowerCase()))).toEqual(
    [],
  );
});
