import { createCompany, createUser, openDatabase } from "@nerve/database";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runQuery } from "../../database/src/database/statement.ts";
import { printableJson, printableLine, printableText } from "../src/printable.ts";
import { formatTable } from "../src/table.ts";
import { nerve } from "./support/nerve.ts";

/** Clears the screen, in 7 and in 8 bits; sets the title; reverses direction; forges a line. */
const attacks = [
  "\u001B[2J",
  "\u009B2J",
  "\u001B]0;owned\u0007",
  "\u202Egro.live",
  "line\r\nforged",
  "a\u2028b",
  "\u0000",
];
const obeyed = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;

describe("attack: control characters that a terminal obeys", () => {
  test.each(attacks)("%j is escaped in a line, and reads the same from JSON", (attack) => {
    expect(printableLine(attack)).not.toMatch(obeyed);
    expect(printableJson([attack]).replaceAll("\n", "")).not.toMatch(obeyed);
    expect(JSON.parse(printableJson([attack]))).toEqual([attack]);
  });

  test("a text keeps its lines and tabs, and only those", () => {
    expect(printableText("a\n\tb\u001B[31m\r")).toBe("a\n\tb\\u001b[31m\\u000d");
  });

  test("a table has one line for each row, whatever is in it", () => {
    const lines = formatTable(
      ["A", "B"],
      attacks.map((attack) => [attack, "x"]),
    ).split("\n");
    expect(lines).toHaveLength(attacks.length + 1);
    expect(lines.join("")).not.toMatch(obeyed);
  });

  test("ordinary letters of all scripts stay as they are", () => {
    expect(printableLine("Zoë 日本語 👩‍💻 שלום")).toBe("Zoë 日本語 👩‍💻 שלום");
  });
});

describe("attack: hostile values in the database and on the command line", () => {
  let folder = "";
  let url = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nerve-hostile-"));
    url = `sqlite:${join(folder, "ghost.db")}`;
    const db = await openDatabase(url);
    await createCompany(db, { name: "Example", primaryDomain: "example.org" });
    const account = { email: "ada@example.org", password: "moon river dance seven", role: "user" } as const;
    const { id } = await createUser(db, account);
    // The functions refuse such names; a database that another program wrote may have them.
    const values = { full_name: attacks.join("") };
    await runQuery(db, db.sql.updateTable("users").set(values).where("id", "=", id));
    await db.close();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("a list shows them escaped, and with --json they are the same values", async () => {
    const { stdout } = await nerve(["user", "list", "--database", url]);
    expect(stdout.replaceAll("\n", "")).not.toMatch(obeyed);
    expect(stdout.trimEnd().split("\n")).toHaveLength(2);
    const json = (await nerve(["user", "list", "--database", url, "--json"])).stdout;
    expect(json.replaceAll("\n", "")).not.toMatch(obeyed);
    expect(JSON.parse(json)).toMatchObject({ users: [{ fullName: attacks.join("") }] });
  });

  test.each(attacks)("an error repeats %j escaped", async (attack) => {
    for (const words of [
      ["user", attack],
      ["user", "list", `--${attack}`],
      ["user", "unlock", `${attack}@example.org`],
    ]) {
      const { code, stdout, stderr } = await nerve([...words, "--database", url]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr.replaceAll("\n", "")).not.toMatch(obeyed);
    }
  });

  test.each(["'; DROP TABLE users; --", '" OR 1=1', "%", "_"])("SQL in a value is a value: %s", async (attack) => {
    const { code, stdout } = await nerve(["user", "list", "--search", attack, "--database", url, "--json"]);
    expect({ code, users: (JSON.parse(stdout) as { users: unknown[] }).users }).toEqual({ code: 0, users: [] });
  });
});
