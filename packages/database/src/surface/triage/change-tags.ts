import { z } from "zod";
import type { Transaction } from "../../database/handle.ts";
import { ValidationError } from "../../errors/index.ts";
import { type Changed, changed, unchanged } from "../../operation/changed.ts";
import { companies } from "../../schema/core.ts";
import { tagName } from "./tag-name.ts";
import { addTags, mostTagsOfOne, removeTags, type Tagged } from "./tags.ts";

const tagNames = z.array(tagName()).max(mostTagsOfOne);

/** Which tags a call puts on and takes off, as fields of an input. */
export const tagFields = {
  add: tagNames.optional().meta({ description: "Tags to put on them." }),
  remove: tagNames.optional().meta({ description: "Tags to take off them." }),
};

/** What a call tells of things whose tags it changed. */
export const tagAnswer = z.object({ changed: z.int(), unchanged: z.int() });

/** Tags to put on and to take off, each once. */
export interface TagChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** @throws {ValidationError} INVALID_INPUT where no tag is named, or one is to be put on and taken off */
export function readTagChange(given: {
  add?: readonly string[] | undefined;
  remove?: readonly string[] | undefined;
}): TagChange {
  const [add, remove] = [uniqueIn(given.add), uniqueIn(given.remove)];
  if (add.length + remove.length === 0) throw fault("add", "name a tag to put on, or one to take off");
  if (add.some((name) => remove.includes(name))) throw fault("remove", "must not name a tag that is put on as well");
  return { add, remove };
}

/**
 * Puts tags on things and takes others off. The caller holds the company's findings.
 *
 * @throws {QuotaError} QUOTA_EXCEEDED when one would have more than 20, or the company more than 1,000
 */
export async function changeTags(
  tx: Transaction,
  things: Tagged,
  { add, remove }: TagChange,
): Promise<Changed<z.output<typeof tagAnswer>>> {
  const { companyId, kind, ids } = things;
  const untagged = remove.length === 0 ? [] : await removeTags(tx, things, remove);
  const added = add.length === 0 ? [] : await addTags(tx, things, add);
  const touched = [...new Set([...untagged, ...added])];
  const answer = { changed: touched.length, unchanged: ids.length - touched.length };
  if (touched.length === 0) return unchanged(answer);
  const plural = `${kind}s` as const;
  const metadata = { add, remove, [plural]: touched };
  return changed(answer, { action: `${plural}_tagged`, on: companies, id: companyId, companyId, metadata });
}

function uniqueIn(names: readonly string[] = []): string[] {
  return [...new Set(names)];
}

function fault(field: string, message: string): ValidationError {
  return new ValidationError([{ field, message }]);
}
