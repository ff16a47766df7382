import { z } from "zod";
import { columnsOf } from "../../database/columns.ts";
import type { Handle } from "../../database/handle.ts";
import { fetchPage, type Page, pageFields, pageOrder, type PageParameters } from "../../database/page.ts";
import { shapedStatement } from "../../database/statement.ts";
import type { VisibleRowOf } from "../../schema/tables.ts";
import { parseInput, recordId } from "../../validation/input.ts";

const listInput = z.strictObject({ ...pageFields, includeRevoked: z.boolean().default(false) });
const newestFirst = pageOrder("api_keys", ["created_at", "id"], "desc");

type KeyList = PageParameters & { userId: number; unrevokedOnly?: true | undefined };

const listKeys = shapedStatement((sql, p: KeyList) => {
  const all = sql
    .selectFrom("api_keys")
    .select(columnsOf("api_keys", ["user_id"]))
    .where("user_id", "=", p.userId);
  const wanted =
    p.unrevokedOnly === undefined ? all : all.where("is_active", "=", true).where("revoked_at", "is", null);
  return newestFirst.apply(wanted, p);
});

/** An API key as its user sees it: never the key, nor its digest. */
export interface ApiKeySummary extends Omit<VisibleRowOf<"api_keys">, "userId" | "permissions" | "networks"> {
  permissions: string[];
  /** The networks that it may be used from; none: from anywhere. */
  networks: string[];
}

/** A key as its user sees it. */
export function summaryOf(row: Omit<VisibleRowOf<"api_keys">, "userId">): ApiKeySummary {
  return { ...row, permissions: row.permissions ?? [], networks: row.networks ?? [] };
}

/**
 * Lists the API keys of a user, newest first; those that expired stay listed until they are revoked.
 *
 * @param db the database, or an open transaction
 * @param userId whose keys
 * @param options `includeRevoked` (default false); `limit` (1 to 1000, default 100) and `cursor`
 * @returns a page of keys with their permissions, networks and use, also what was refused for coming from elsewhere
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const { items } = await listUserApiKeys(db, 1);
 * items.map(({ name, keyPrefix, usageCount }) => [name, keyPrefix, usageCount]);
 */
export async function listUserApiKeys(
  db: Handle,
  userId: number,
  options: z.input<typeof listInput> = {},
): Promise<Page<ApiKeySummary>> {
  const user = parseInput(recordId(), userId, { field: "userId" });
  const { limit, cursor, includeRevoked } = parseInput(listInput, options);
  const filters = { userId: user, unrevokedOnly: includeRevoked ? undefined : (true as const) };
  const { items, nextCursor } = await fetchPage(db, { list: listKeys, order: newestFirst, filters, limit, cursor });
  return { items: items.map(summaryOf), nextCursor };
}
