// What the kit's types say. The compiler checks it (`npm run typecheck`); nothing here runs.
import type { Insertable, Selectable, Updateable } from "kysely";
import { expectTypeOf } from "vitest";
import type { JsonParameter } from "../../src/schema/kit/parameters.ts";
import {
  boolean,
  companies,
  datetime,
  id,
  integer,
  json,
  oneOf,
  reference,
  type Row,
  type Schema,
  type SchemaWith,
  string,
  table,
  textId,
} from "../../src/schema/index.ts";

const notes = table(
  "notes",
  { description: "A note." },
  {
    id: id(),
    companyId: reference(companies, { onDelete: "cascade" }).notNull(),
    noteText: string(50).notNull(),
    isPinned: boolean().notNull().default(false),
    expiresAt: datetime(),
    mood: oneOf(["good", "bad"]).notNull(),
    details: json<{ colour: string }>(),
    importance: integer().named("note_rank"),
  },
);
const slugs = table("slugs", { description: "A slug." }, { slug: textId() });
const slugUses = table(
  "slug_uses",
  { description: "A use." },
  { id: id(), slug: reference(slugs, { onDelete: "cascade", column: "slug" }) },
);

type Db = SchemaWith<readonly [typeof notes, typeof slugs]>;

// A row has property names; what may be absent is null.
expectTypeOf<Row<typeof notes>>().toEqualTypeOf<{
  id: number;
  companyId: number;
  noteText: string;
  isPinned: boolean;
  expiresAt: Date | null;
  mood: "good" | "bad";
  details: { colour: string } | null;
  importance: number | null;
}>();

// A reference has the type of what it refers to.
expectTypeOf<Row<typeof slugUses>["slug"]>().toEqualTypeOf<string | null>();

// The table has names of SQL; an insert may leave out what is filled in or may be null.
expectTypeOf<Selectable<Db["notes"]>["note_text"]>().toEqualTypeOf<string>();
expectTypeOf<Selectable<Db["notes"]>["note_rank"]>().toEqualTypeOf<number | null>();
expectTypeOf<Insertable<Db["notes"]>["id"]>().toEqualTypeOf<number | undefined>();
expectTypeOf<Insertable<Db["notes"]>["is_pinned"]>().toEqualTypeOf<boolean | undefined>();
expectTypeOf<Insertable<Db["notes"]>["note_text"]>().toEqualTypeOf<string>();
expectTypeOf<Insertable<Db["slugs"]>["slug"]>().toEqualTypeOf<string>();

// JSON is written wrapped, so that no text is taken for a document.
expectTypeOf<NonNullable<Updateable<Db["notes"]>["details"]>>().toEqualTypeOf<JsonParameter>();

// NERVE's own tables stay what they are, and without own tables there is nothing else.
expectTypeOf<Db["companies"]>().toEqualTypeOf<Schema["companies"]>();
expectTypeOf<SchemaWith<readonly []>>().toEqualTypeOf<Schema>();

// @ts-expect-error -- a default has the type of the column
boolean().default("no");
// @ts-expect-error -- a word beyond the list is no default
oneOf(["good", "bad"]).default("fair");
// @ts-expect-error -- a reference says what becomes of the row
reference(companies);
// @ts-expect-error -- only a column of the other table can be referred to
reference(slugs, { onDelete: "cascade", column: "name" });
// @ts-expect-error -- a text has a length
string();
// @ts-expect-error -- a table says what a row is
table("bare", {}, { id: id() });
// @ts-expect-error -- columns are of the kit
table("odd", { description: "Odd." }, { id: "id" });
