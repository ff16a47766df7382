import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { settingDefinitions } from "../packages/server/src/index.ts";
import { systemTables, tables } from "../packages/database/src/schema/tables.ts";
import { packageSources, repository } from "./support/sources.ts";

// What a reviewer would look at by reading, so that nobody has to read it again. The numbers are those of OWASP ASVS 5.0.0.
const columns = [...tables, ...systemTables].flatMap(({ name, columnList }) =>
  columnList.map((column) => `${name}.${column.name}`),
);
const sources = packageSources();
const pages = globSync("packages/server/pages/*.html", { cwd: repository }).map((file) => ({
  file,
  text: readFileSync(join(repository, file), "utf8"),
}));

test("6.2.6: pages hide every password that is typed", () => {
  const inputs = pages.flatMap(({ text }) => text.match(/<input[^>]*\bname="[^"]*password[^"]*"[^>]*>/gi) ?? []);
  expect(inputs.length).toBeGreaterThan(1);
  expect(inputs.filter((input) => !input.includes('type="password"'))).toEqual([]);
});

test("6.2.7: pages let password managers fill, and nothing listens to pasting", () => {
  const inputs = pages.flatMap(({ text }) => text.match(/<input[^>]*type="password"[^>]*>/g) ?? []);
  expect(inputs.filter((input) => !/autocomplete="(?:new|current)-password"/.test(input))).toEqual([]);
  expect(inputs.filter((input) => /maxlength|readonly/i.test(input))).toEqual([]);
  const script = readFileSync(join(repository, "packages/server/pages/form.js"), "utf8");
  expect([script, ...pages.map(({ text }) => text)].filter((text) => /paste/i.test(text))).toEqual([]);
});

test("6.2.10: nothing ends a password by its age: no column, no setting", () => {
  const ends = (name: string) =>
    /password.*(?:expire|age|max_days|valid_until)|(?:expire|rotate).*password/i.test(name);
  // When a link to reset it ends; links are not passwords.
  expect(columns.filter(ends)).toEqual(["users.password_reset_expires", "password_reset_links.expires_at"]);
  expect(
    Object.values(settingDefinitions)
      .map(({ name }) => name as string)
      .filter(ends),
  ).toEqual([]);
});

test("6.4.2: nothing holds a hint or a secret question", () => {
  expect(columns.filter((name) => /hint|question|security_answer|mother|maiden/i.test(name))).toEqual([]);
});

test("6.5.3: random numbers come from secure generators", () => {
  const others = sources.filter(({ text }) => /Math\.random|from "(?:uuid|nanoid|seedrandom|crypto-js)"/.test(text));
  expect(others.map(({ file }) => file)).toEqual([]);
  // Seeds of authenticator apps are made by otpauth.
  const otpauth = readFileSync(join(repository, "node_modules/otpauth/dist/otpauth.node.mjs"), "utf8");
  expect([otpauth.includes("Math.random"), /randomBytes|getRandomValues/.test(otpauth)]).toEqual([false, true]);
});

test("16.2.2: times are written in UTC, whatever the machine's zone", () => {
  const local =
    /\.to(?:Locale(?:Date|Time)?String)\(|\.get(?:Hours|Date|Day|Month|FullYear|Minutes)\(|getTimezoneOffset/;
  // These write numbers, with separators of thousands.
  const numbers = [
    "packages/cli/src/commands/backup/files.ts",
    "packages/cli/src/commands/stats.ts",
    "packages/database/src/files/format-bytes.ts",
  ];
  expect(sources.filter(({ text }) => local.test(text)).map(({ file }) => file)).toEqual(numbers);
});
