import { z } from "zod";
import type { Caller } from "../../access/caller.ts";
import type { Transaction } from "../../database/handle.ts";
import { fetchAll, fetchFirst } from "../../database/statement.ts";
import { NotFoundError, PermissionError, QuotaError } from "../../errors/index.ts";
import { changed } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { changeRow } from "../../rows/change-row.ts";
import { fields } from "../../rows/fields.ts";
import { insertRow } from "../../rows/insert-row.ts";
import { rowOf } from "../../rows/row-of.ts";
import { findingNotes } from "../../schema/surface/finding-history.ts";
import { recordId } from "../../validation/input.ts";
import { lockFindings } from "../changes/lock-findings.ts";

/** Notes of a finding, deleted ones counted. */
const mostNotes = 500;

/**
 * Writes a note on a finding.
 *
 * @returns the note
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is no such finding within reach
 * @throws {QuotaError} QUOTA_EXCEEDED when the finding has 500 notes, deleted ones counted until they are purged
 * @example
 * const { id: companyId } = await createCompany(db, { name: "Example", primaryDomain: "noted.example" });
 * const line = JSON.stringify({ kind: "finding", rule: "open-redirect", asset: "https://noted.example", severity: "low" });
 * const source = {
 *   open: async function* () {
 *     yield new TextEncoder().encode(line);
 *   },
 * };
 * await importReport(db, { companyId, source, format: "nerve" });
 * const { items } = await listFindings(db, { companyId });
 * for (const { id } of items) await addFindingNote(db, { id, body: "The shop's team looks into it." });
 */
export const addFindingNote = changing({
  summary: "Write a note on a finding",
  permission: "finding:decide",
  input: { id: recordId(), ...fields(findingNotes).pick("body") },
  output: rowOf(findingNotes),
  async run(tx, { id: findingId, body }, caller) {
    const { companyId } = await lockFindings(tx, [findingId], caller);
    const { userId } = caller.actor;
    const note = await insertRow(tx, findingNotes, { companyId, findingId, userId, body });
    await requireFewNotes(tx, findingId);
    return changed(note, { action: "finding_note_added", on: findingNotes, id: note.id, metadata: { findingId } });
  },
});

async function requireFewNotes(tx: Transaction, findingId: number): Promise<void> {
  const query = tx.sql.selectFrom("finding_notes").select("id").where("finding_id", "=", findingId);
  const [more] = await fetchAll(tx, query.limit(1).offset(mostNotes));
  if (more === undefined) return;
  throw new QuotaError({
    message: `The finding would have more than ${mostNotes} notes.`,
    help: "Notes that were deleted count until they are purged.",
  });
}

/**
 * Deletes a note softly. Its author may, and administrators.
 *
 * @returns the note's id
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {NotFoundError} NOT_FOUND when there is no such finding or note within reach, or it is deleted already
 * @throws {PermissionError} PERMISSION_DENIED when somebody else wrote it
 * @example
 * const { id: companyId } = await createCompany(db, { name: "Example", primaryDomain: "unnoted.example" });
 * const line = JSON.stringify({ kind: "finding", rule: "open-redirect", asset: "https://unnoted.example", severity: "low" });
 * const source = {
 *   open: async function* () {
 *     yield new TextEncoder().encode(line);
 *   },
 * };
 * await importReport(db, { companyId, source, format: "nerve" });
 * const { items } = await listFindings(db, { companyId });
 * for (const { id } of items) {
 *   const note = await addFindingNote(db, { id, body: "Looks wrong." });
 *   await deleteFindingNote(db, { id, noteId: note.id });
 * }
 */
export const deleteFindingNote = changing({
  summary: "Delete a note on a finding",
  permission: "finding:decide",
  input: { id: recordId(), noteId: recordId() },
  output: z.object({ id: z.int() }),
  async run(tx, { id: findingId, noteId }, caller) {
    const { companyId } = await lockFindings(tx, [findingId], caller);
    const query = tx.sql
      .selectFrom("finding_notes")
      .select("user_id")
      .where("id", "=", noteId)
      .where("finding_id", "=", findingId)
      .where("deleted_at", "is", null);
    const note = await fetchFirst(tx, query);
    if (note === null) throw new NotFoundError();
    if (!mayDelete(note.userId, caller)) {
      throw new PermissionError({ message: "Only its author and administrators delete a note." });
    }
    await changeRow(tx, findingNotes, noteId, { deletedAt: tx.clock.now(), isActive: false });
    const metadata = { findingId };
    return changed(
      { id: noteId },
      { action: "finding_note_deleted", on: findingNotes, id: noteId, companyId, metadata },
    );
  },
});

function mayDelete(authorId: number | null, { actor, role }: Caller): boolean {
  if (authorId !== null && authorId === actor.userId) return true;
  return role === "system" || role === "super_admin" || role === "admin";
}
