import { beforeAll, expect, test } from "vitest";
import { fetchAll } from "../../../src/database/statement.ts";
import { transaction } from "../../../src/database/transaction.ts";
import { insertMany } from "../../../src/rows/insert-many.ts";
import { findingNotes } from "../../../src/schema/surface/finding-history.ts";
import { addFindingNote, deleteFindingNote } from "../../../src/surface/index.ts";
import { createTestCompany, createTestUser } from "../../support/people/accounts.ts";
import { inCompany } from "../../support/people/callers.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { makeFinding } from "../../support/surface/findings.ts";

const notFound = { code: "NOT_FOUND" };

describeOnEachEngine("Notes on findings", (context) => {
  let companyId = 0;
  let authorId = 0;
  beforeAll(async () => {
    companyId = (await createTestCompany(context.db)).id;
    authorId = (await createTestUser(context.db, { company_id: companyId, role: "analyst" })).id;
  });

  const analyst = (userId: number) => ({ ...inCompany(companyId, { userId }), role: "analyst" as const });
  const finding = async () => (await makeFinding(context.db, { companyId })).id;

  test("name who wrote them", async () => {
    const { db } = context;
    const id = await finding();
    const note = await addFindingNote(db, { id, body: "Two\nlines." }, analyst(authorId));
    expect(note).toMatchObject({ findingId: id, companyId, userId: authorId, body: "Two\nlines.", deletedAt: null });
  });

  test("are deleted by their author and by administrators, and once", async () => {
    const { db } = context;
    const id = await finding();
    const { id: otherId } = await createTestUser(db, { company_id: companyId, role: "analyst" });
    const write = async () => (await addFindingNote(db, { id, body: "Looks wrong." }, analyst(authorId))).id;
    const noteId = await write();
    const denied = { code: "PERMISSION_DENIED" };
    await expect(deleteFindingNote(db, { id, noteId }, analyst(otherId))).rejects.toMatchObject(denied);
    expect(await deleteFindingNote(db, { id, noteId }, analyst(authorId))).toEqual({ id: noteId });
    await expect(deleteFindingNote(db, { id, noteId }, analyst(authorId))).rejects.toMatchObject(notFound);
    const admin = { ...analyst(otherId), role: "admin" as const };
    await deleteFindingNote(db, { id, noteId: await write() }, admin);
    await deleteFindingNote(db, { id, noteId: await write() });
    const query = db.sql.selectFrom("finding_notes").select(["deleted_at"]).where("finding_id", "=", id);
    const rows = await fetchAll(db, query);
    expect(rows.map(({ deletedAt }) => deletedAt === null)).toEqual([false, false, false]);
  });

  test("attack: of another company's finding there are none, nor of another finding", async () => {
    const { db } = context;
    const [id, other] = [await finding(), await finding()];
    const { id: noteId } = await addFindingNote(db, { id, body: "Ours." });
    const stranger = inCompany((await createTestCompany(db)).id);
    await expect(addFindingNote(db, { id, body: "Theirs." }, stranger)).rejects.toMatchObject(notFound);
    await expect(deleteFindingNote(db, { id, noteId }, stranger)).rejects.toMatchObject(notFound);
    await expect(deleteFindingNote(db, { id: other, noteId })).rejects.toMatchObject(notFound);
  });

  test("a finding has 500 at most, deleted ones counted", async () => {
    const { db } = context;
    const id = await finding();
    const { id: noteId } = await addFindingNote(db, { id, body: "The first." });
    await deleteFindingNote(db, { id, noteId });
    const notes = Array.from({ length: 498 }, () => ({ companyId, findingId: id, body: "One of many." }));
    await transaction(db, (tx) => insertMany(tx, findingNotes, notes));
    await addFindingNote(db, { id, body: "The last." });
    await expect(addFindingNote(db, { id, body: "One more." })).rejects.toMatchObject({ code: "QUOTA_EXCEEDED" });
    await addFindingNote(db, { id: await finding(), body: "Of another." });
  });
});
