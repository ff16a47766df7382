import { describe, expect, test } from "vitest";
import { moveStatements } from "../../../src/engines/postgres/backup/move-statements.ts";

const move = { from: "public", to: "new one" };

describe("Statements that are moved into another schema", () => {
  test.each([
    ["CREATE TABLE public.a (x bigint);", 'CREATE TABLE "new one".a (x bigint)'],
    [
      "COMMENT ON COLUMN public.a.x IS 'public.a; \"public\".b';",
      'COMMENT ON COLUMN "new one".a.x IS \'public.a; "public".b\'',
    ],
    [
      "ALTER TABLE ONLY public.a ALTER COLUMN x SET DEFAULT nextval('public.a_x_seq'::regclass);",
      `ALTER TABLE ONLY "new one".a ALTER COLUMN x SET DEFAULT nextval('"new one".a_x_seq'::regclass)`,
    ],
    [
      "ALTER TABLE public.a ALTER COLUMN x SET DEFAULT 'public.a'::text;",
      `ALTER TABLE "new one".a ALTER COLUMN x SET DEFAULT 'public.a'::text`,
    ],
    [
      "CREATE INDEX i ON public.a USING btree (lower(x), (1.5 * y));",
      'CREATE INDEX i ON "new one".a USING btree (lower(x), (1.5 * y))',
    ],
    [
      "CREATE POLICY p ON public.a USING ((EXISTS ( SELECT 1 FROM public.b u WHERE (u.id = a.x))));",
      'CREATE POLICY p ON "new one".a USING ((EXISTS ( SELECT 1 FROM "new one".b u WHERE (u.id = a.x))))',
    ],
  ])("name it wherever a name stands, and nowhere else: %s", (sql, expected) => {
    expect(
      moveStatements(`SET row_security = off;\nCREATE SCHEMA public;\n${sql}`, move).map((text) => text.trim()),
    ).toEqual([expected]);
  });

  test.each([
    "CREATE TABLE other.a (x bigint);",
    "CREATE POLICY p ON other.a USING (true);",
    'CREATE INDEX i ON "public ".a USING btree (x);',
    "ALTER TABLE ONLY public.a ADD CONSTRAINT k FOREIGN KEY (x) REFERENCES other.a(x);",
  ])("attack: %s would change what stands beside, and is refused", (sql) => {
    expect(() => moveStatements(sql, move)).toThrow(expect.objectContaining({ code: "BACKUP_INVALID" }));
  });
});
