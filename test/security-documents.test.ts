import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as nerve from "@nerve/database";
import { logInventory, settingDefinitions } from "../packages/server/src/index.ts";
import { sessionLimits } from "../packages/database/src/identity/sessions/session-limits.ts";
import { systemTables, tables } from "../packages/database/src/schema/tables.ts";
import { connections } from "../scripts/security-documents/connections.ts";
import { costs } from "../scripts/security-documents/costs.ts";
import { fieldMatrix, hiddenFields } from "../scripts/security-documents/fields.ts";
import { algorithms, keys } from "../scripts/security-documents/keys.ts";
import { waysIn } from "../scripts/security-documents/ways-in.ts";
import { describeServer } from "../scripts/server-documents/describe-server.ts";
import { packageSources, repository } from "./support/sources.ts";

const sources = packageSources();
const settings = Object.values(settingDefinitions);
const missing = (paths: readonly string[]) => paths.filter((path) => !existsSync(join(repository, path)));

describe("docs/SIGN-IN.md", () => {
  const text = readFileSync(join(repository, "docs/SIGN-IN.md"), "utf8");

  test("6.1.1: names every setting that slows guessing down", () => {
    const slowing = settings.map(({ name }) => name).filter((name) => /_GUESSES_|_REQUESTS_PER_|_LOCKOUT_/.test(name));
    expect(slowing.length).toBeGreaterThan(6);
    expect(slowing.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });

  test("7.1.1, 7.1.2: says how long sessions last, how many there are, and why", () => {
    const rows = text.split("\n").filter((line) => line.startsWith("|"));
    const { hours, refreshDays, idleMinutes, perUser } = sessionLimits;
    for (const [what, limit] of [
      ["a session", `${hours} hours`],
      ["with refreshes", `${refreshDays} days`],
      ["without use", `${idleMinutes / 60} hours`],
      ["sessions of one user", `${perUser};`],
    ] as const) {
      const [, , length = "", reason = ""] = rows.find((row) => row.startsWith(`| ${what} `))?.split("|") ?? [];
      expect([what, length]).toEqual([what, expect.stringContaining(limit)]);
      expect(reason.trim()).not.toBe("");
    }
  });
});

describe("docs/security/KEYS.md", () => {
  test("names every secret setting, and where keys lie", () => {
    const named = keys.flatMap((key) => key.settings);
    const secret = settings.filter((setting) => setting.secret).map(({ name }) => name);
    expect(secret.filter((name) => !named.includes(name))).toEqual([]);
    expect(named.filter((name) => !settings.some((setting) => setting.name === name))).toEqual([]);
  });

  test("names what the code calls of node:crypto, and nothing else", () => {
    const imports = sources.flatMap(({ text }) =>
      [...text.matchAll(/import \{([^}]*)\} from "node:crypto"/g)].flatMap(([, names = ""]) => names.split(",")),
    );
    const called = imports.map((name) => name.trim()).filter((name) => name !== "" && !name.startsWith("type "));
    const named = algorithms.flatMap(({ calls }) => calls);
    expect([...new Set(called)].filter((name) => !named.includes(name))).toEqual([]);
    const text = sources.map((source) => source.text).join("\n");
    expect(named.filter((name) => !new RegExp(String.raw`\b${name}`, "i").test(text))).toEqual([]);
  });

  test("attack: SHA-1 stands where others' forms ask for it, and nowhere else", () => {
    const digests = (text: string) =>
      [...text.matchAll(/\b(?:createHash|createHmac|hash|algorithm:)\(?\s*"(md\d|sha-?\d+)"/gi)].map(
        ([, name]) => name,
      );
    const weak = sources.filter(({ text }) => digests(text).some((name) => !/^sha-?256$/i.test(name ?? "")));
    expect(weak.map(({ file }) => file)).toEqual([
      "packages/database/src/cryptography/breached-password-list.ts",
      "packages/database/src/cryptography/totp.ts",
    ]);
    expect(sources.some(({ text }) => digests(text).includes("sha256"))).toBe(true);
  });
});

describe("docs/security/CONNECTIONS.md", () => {
  /** What can open a connection, or start a program that does. */
  const opens =
    /from "(?:node:(?:tls|http|https|http2|dgram|dns|child_process)|pg|pg-[\w-]+|nodemailer|undici)["/]|import (?:\w|\*|\{[^}]*\b(?:connect|createConnection|Socket|createServer|Server)\b)[^;]* from "node:net"|import\("(?:pg|nodemailer)|(?<![.\w])fetch\(/;

  test("names every source that can open one", () => {
    const named = connections.flatMap(({ files }) => files);
    // They only listen, or only know what statuses are called.
    const only = new Set([
      "packages/server/src/lifecycle/create-server.ts",
      "packages/server/src/metrics/listen-for-metrics.ts",
      "packages/server/src/errors/problem.ts",
    ]);
    const found = sources
      .filter(({ file, text }) => opens.test(text.replaceAll(/import type [^;]+;/g, "")) && !only.has(file))
      .map(({ file }) => file);
    expect(found.length).toBeGreaterThan(3);
    expect(found.filter((file) => !named.some((place) => file.startsWith(`${place}/`)))).toEqual([]);
  });

  test("names sources and settings that are there", () => {
    expect(missing(connections.flatMap(({ files }) => files))).toEqual([]);
    const named = connections.flatMap((connection) => connection.settings);
    expect(named.filter((name) => !settings.some((setting) => setting.name === name))).toEqual([]);
  });
});

describe("docs/security/COSTS.md", () => {
  test("names tests and settings that are there", () => {
    expect(missing(costs.flatMap(({ tests }) => tests))).toEqual([]);
    const named = costs.flatMap((cost) => cost.settings);
    expect(named.filter((name) => !settings.some((setting) => setting.name === name))).toEqual([]);
  });

  test("names every program of a thread: what takes one is expensive", () => {
    const workers = sources.map(({ file }) => file).filter((file) => file.endsWith("-worker.ts"));
    expect(costs.flatMap((cost) => cost.workers ?? []).toSorted()).toEqual(workers);
  });

  test("names every operation that looks for text in all rows of a list", () => {
    const operations = Object.entries(nerve as Readonly<Record<string, unknown>>).filter(
      ([, value]) => typeof value === "function" && "description" in value,
    ) as [string, nerve.AnyOperation][];
    expect(operations.length).toBeGreaterThan(20);
    const searching = operations.filter(([, { description }]) => "search" in description.fields).map(([name]) => name);
    expect(costs.flatMap((cost) => cost.searching ?? [])).toEqual(searching.toSorted());
  });

  test("moving and purging have no route: nobody starts them over the network", () => {
    const routes = sources.filter(({ file }) => file.startsWith("packages/server/src/routes/"));
    expect(routes.length).toBeGreaterThan(10);
    const moving = /\b(?:copyDatabase|importLegacy|purgeSoftDeleted)\b/;
    expect(routes.filter(({ text }) => moving.test(text)).map(({ file }) => file)).toEqual([]);
  });
});

describe("docs/security/LOGS.md", () => {
  test("names every table that records what happened", () => {
    const isLog = ({ name }: { name: string }) => /_logs?$|_events$|_attempts$/.test(name);
    const named = new Set(logInventory.map(({ table }) => table));
    const all = new Set<string>([...tables, ...systemTables].map(({ name }) => name));
    expect(
      [...tables, ...systemTables]
        .filter(isLog)
        .map(({ name }) => name)
        .filter((name) => !named.has(name)),
    ).toEqual([]);
    expect([...named].filter((name) => name !== undefined && !all.has(name))).toEqual([]);
  });

  test("tells where each lies, and nothing else writes out of the process: 16.2.3", () => {
    const writers = sources.filter(({ text }) =>
      /\bconsole\.|process\.std(?:out|err)|pino\.destination|appendFile|flags: "a/.test(text),
    );
    expect(writers.map(({ file }) => file)).toEqual([
      "packages/cli/src/main.ts",
      "packages/server/src/logging/create-logger.ts",
    ]);
  });
});

describe("docs/security/FIELDS.md and WAYS-IN.md", async () => {
  const described = await describeServer();
  const open = described.routes.filter(({ access }) => access === "anybody");

  test("attack: no answer has a field by the name of a hidden column, but for what is shown once when it is made", () => {
    const hidden = new Set(hiddenFields().flatMap(({ fields }) => fields));
    const answered = fieldMatrix(described).filter(({ field, readWith }) => hidden.has(field) && readWith.length > 0);
    const shownOnce = new Set(["auth token", "auth refreshToken"]);
    expect(answered.map(({ subject, field }) => `${subject} ${field}`).filter((name) => !shownOnce.has(name))).toEqual(
      [],
    );
  });

  test("every route that changes something and is open to everybody takes a way in", () => {
    const changing = open.filter(({ method }) => method !== "GET").map(({ method, url }) => `${method} ${url}`);
    const taken = waysIn.flatMap(({ routes }) => routes);
    expect(changing.filter((route) => !taken.includes(route))).toEqual([]);
    expect(taken.filter((route) => !changing.includes(route))).toEqual([]);
  });
});
