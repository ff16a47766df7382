import { describe, expect, test } from "vitest";
import { postgresLexis } from "../../src/engines/postgres/run/lexis.ts";
import { sqliteLexis } from "../../src/engines/sqlite/run/lexis.ts";
import { findScriptFault } from "../../src/migrations/script-rules.ts";
import { readTokens } from "../../src/engines/shared/sql-tokenizer.ts";

const lexes = { sqlite: sqliteLexis, postgres: postgresLexis };
const read = (engine: keyof typeof lexes, sql: string) =>
  Array.from(readTokens(sql, lexes[engine]), ({ kind, text }) => `${kind} ${text}`);
const fault = (engine: keyof typeof lexes, sql: string) => findScriptFault(sql, lexes[engine]);
const both = ["sqlite", "postgres"] as const;

describe.each(both)("SQL of %s as tokens", (engine) => {
  test("keeps semicolons, quotes and comment marks of strings and quoted names in one token", () => {
    expect(read(engine, `SELECT 'it''s; -- /* not', "a"";b" FROM t;`)).toEqual([
      "word SELECT",
      "quoted 'it''s; -- /* not'",
      "symbol ,",
      `quoted "a"";b"`,
      "word FROM",
      "word t",
      "symbol ;",
    ]);
  });

  test("leaves comments out, also at the end and of nothing", () => {
    expect(read(engine, "a -- ;b'\nc /* ;d' \" */ e /**/ f /*/ */ g --")).toEqual([
      "word a",
      "word c",
      "word e",
      "word f",
      "word g",
    ]);
  });

  test("counts letters beyond ASCII as letters, and a dollar sign within a name as part of it", () => {
    expect(read(engine, "größe a$b x😀y")).toEqual(["word größe", "word a$b", "word x😀y"]);
  });

  test("refuses a string, a name or a comment that does not end", () => {
    for (const sql of ["SELECT 'a", "SELECT 'a''", `SELECT "a`, "/* a", "SELECT 1 /*"]) {
      expect(fault(engine, sql), sql).toMatch(/^is not complete/);
    }
  });
});

describe("SQL of each engine", () => {
  test("nests block comments on PostgreSQL and not on SQLite", () => {
    expect(read("postgres", "a /* b /* c */ d */ e")).toEqual(["word a", "word e"]);
    expect(read("sqlite", "a /* b /* c */ d /*/*/ e")).toEqual(["word a", "word d", "word e"]);
  });

  test("has dollar quotes, with and without tags, on PostgreSQL", () => {
    expect(read("postgres", "$$;'$$ $a$ $$ ; $b$ $a$ x$$y $1")).toEqual([
      "quoted $$;'$$",
      "quoted $a$ $$ ; $b$ $a$",
      "word x$$y",
      "symbol $",
      "number 1",
    ]);
    expect(fault("postgres", "SELECT $a$ x $b$")).toMatch(/^is not complete/);
  });

  test("has escape strings on PostgreSQL only, and only where E begins a word", () => {
    expect(read("postgres", String.raw`E'\';''\\' e''`)).toEqual([String.raw`quoted E'\';''\\'`, "quoted e''"]);
    expect(read("postgres", String.raw`fooE'\'`)).toEqual(["word fooE", String.raw`quoted '\'`]);
    expect(read("sqlite", String.raw`E'\'`)).toEqual(["word E", String.raw`quoted '\'`]);
  });

  test("has names in brackets and backticks on SQLite", () => {
    expect(read("sqlite", "[a;'b] `c``;d`")).toEqual(["quoted [a;'b]", "quoted `c``;d`"]);
    expect(read("postgres", "a[1]")).toEqual(["word a", "symbol [", "number 1", "symbol ]"]);
  });
});

describe.each(both)("A script for %s", (engine) => {
  test("may hold any number of ordinary statements", () => {
    const sql = "CREATE TABLE a (b TEXT DEFAULT 'COMMIT; x');; INSERT INTO a VALUES ('VACUUM'); DROP TABLE a -- COMMIT";
    expect(fault(engine, sql)).toBeUndefined();
  });

  test("is refused when nothing but comments, blanks and semicolons is in it", () => {
    for (const sql of ["", "  \n", ";", " ; -- CREATE TABLE a (b TEXT)\n /* ; */ ;"]) {
      expect(fault(engine, sql), JSON.stringify(sql)).toBe("must hold at least one statement");
    }
  });

  test.each(["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT a", "RELEASE a", "VACUUM"])(
    "attack: is refused with %s at the beginning of a statement, however it is written",
    (statement) => {
      for (const sql of [statement, `SELECT 1;${statement.toLowerCase()}`, `;/* ; */--'\n${statement};`]) {
        expect(fault(engine, sql), sql).toMatch(/^must not hold [A-Z]+: /);
      }
    },
  );

  test("attack: is refused with a NUL, at which the engine would stop reading", () => {
    expect(fault(engine, "SELECT 1;\0COMMIT")).toBe("must not hold the NUL character");
  });
});

describe("A script", () => {
  test("attack: is refused with what reaches beyond the database on SQLite", () => {
    for (const sql of ["ATTACH 'other.db' AS other", "DETACH main", "PRAGMA writable_schema = ON"]) {
      expect(fault("sqlite", sql), sql).toMatch(/^must not hold/);
    }
  });

  test("attack: is refused with what outlives the transaction on PostgreSQL", () => {
    const statements = ["SET ROLE x", "RESET ALL", "DISCARD ALL", "COPY a FROM STDIN", "LISTEN a", "START TRANSACTION"];
    for (const sql of [...statements, "ABORT", "PREPARE TRANSACTION 'x'", "DEALLOCATE ALL"]) {
      expect(fault("postgres", sql), sql).toMatch(/^must not hold/);
    }
  });

  test("may create triggers with bodies on SQLite, CASE … END included", () => {
    const trigger = `CREATE TEMP TRIGGER a AFTER INSERT ON b WHEN CASE 1 WHEN 1 THEN 1 END BEGIN
      INSERT INTO c VALUES (CASE new.d WHEN 1 THEN 'END;' ELSE 2 END); -- END;
      DELETE FROM c WHERE e = ';';
    END;
    CREATE TABLE f (g TEXT);`;
    expect(fault("sqlite", trigger)).toBeUndefined();
    expect(fault("sqlite", `${trigger} END;`)).toMatch(/^must not hold END/);
    expect(fault("postgres", "CREATE TRIGGER a BEFORE INSERT ON b EXECUTE FUNCTION c(); END")).toMatch(/END/);
  });

  test("attack: cannot hide a statement in the body of a trigger", () => {
    const opened = "CREATE TRIGGER a AFTER INSERT ON b BEGIN SELECT 1;";
    expect(fault("sqlite", `${opened} COMMIT; END;`)).toMatch(/^must not hold COMMIT/);
    expect(fault("sqlite", `${opened} END; COMMIT;`)).toMatch(/^must not hold COMMIT/);
  });

  test("attack: cannot hide a statement behind what only one engine counts as blank, comment or string", () => {
    expect(fault("sqlite", "\uFEFFCOMMIT")).toMatch(/^must not hold COMMIT/);
    expect(fault("postgres", "-- comment\rCOMMIT")).toMatch(/^must not hold COMMIT/);
    expect(fault("postgres", "\vCOMMIT")).toMatch(/^must not hold COMMIT/);
    expect(fault("sqlite", "SELECT 1 /* /* */; COMMIT; /* */")).toMatch(/^must not hold COMMIT/);
    expect(fault("sqlite", String.raw`SELECT E'\'; COMMIT; --'`)).toMatch(/^must not hold COMMIT/);
    expect(fault("postgres", String.raw`SELECT '\'; COMMIT; --'`)).toMatch(/^must not hold COMMIT/);
  });

  test("attack: cannot hide a quote in a parameter of SQLite", () => {
    for (const sql of ["SELECT $a('); COMMIT; --')", "SELECT ?1", "SELECT :a", "SELECT @a", "SELECT #1"]) {
      expect(fault("sqlite", sql), sql).toMatch(/^must not hold parameters/);
    }
  });
});
