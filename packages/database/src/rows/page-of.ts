import { z } from "zod";

/**
 * Makes the schema of one page of a list, as answers hold it.
 *
 * @param item the schema of what the list is of
 * @returns the schema of a page
 */
export function pageOf<Item>(item: z.ZodType<Item, Item>) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().meta({ description: "Where the next page begins; null at the end." }),
  });
}
