import { expect, test } from "vitest";
import { isSamePlace, type Place } from "../../../src/surface/findings/same-place.ts";

const nowhere: Place = {
  url: null,
  parameter: null,
  filePath: null,
  startLine: null,
  endLine: null,
  component: null,
};
const url = (address: string, parameter: string | null = null): Place => ({ ...nowhere, url: address, parameter });
const code = (filePath: string, startLine: number | null = null, endLine: number | null = null): Place => ({
  ...nowhere,
  filePath,
  startLine,
  endLine,
});
const component = (name: string, filePath: string | null = null): Place => ({ ...nowhere, component: name, filePath });

test.each<[string, Place, Place, boolean]>([
  ["addresses that differ in their queries", url("https://a.example/x?q=1#top"), url("https://a.example/x"), true],
  ["addresses of the port that is implied", url("https://a.example:443/x"), url("https://A.example/x"), true],
  ["addresses of other paths", url("https://a.example/x"), url("https://a.example/y"), false],
  ["addresses of other ports", url("https://a.example:8443/x"), url("https://a.example/x"), false],
  ["a parameter that one leaves open", url("https://a.example/x", "q"), url("https://a.example/x"), true],
  ["other parameters", url("https://a.example/x", "q"), url("https://a.example/x", "page"), false],
  ["what is no address, but alike", url("/x?q=1"), url("/x"), true],
  ["files without lines", code("src/a.ts"), code("src/a.ts", 7), true],
  ["lines that overlap", code("src/a.ts", 5, 9), code("src/a.ts", 9), true],
  ["lines that do not overlap", code("src/a.ts", 5, 9), code("src/a.ts", 10, 12), false],
  ["other files", code("src/a.ts", 5), code("src/b.ts", 5), false],
  ["a component wherever it lies", component("openssl", "/usr/lib"), component("openssl"), true],
  ["other components of one file", component("openssl", "/app"), component("zlib", "/app"), false],
  ["a component and a file", component("openssl", "/app"), code("/app"), false],
  ["an address and the asset", url("https://a.example/"), nowhere, false],
  ["the asset itself", nowhere, nowhere, true],
])("tells of %s whether they are the same place", (_, one, other, same) => {
  expect([isSamePlace(one, other), isSamePlace(other, one)]).toEqual([same, same]);
});
