import { type Expression, expressionBuilder, type SqlBool } from "kysely";
import type { Schema } from "../../schema/tables.ts";

/** Whether a key was neither revoked nor has ended; whether its user may act is another question. */
export function isLiveKey(now: Date): Expression<SqlBool> {
  const key = expressionBuilder<Schema, "api_keys">();
  return key.and([
    key("is_active", "=", true),
    key("revoked_at", "is", null),
    key.or([key("expires_at", "is", null), key("expires_at", ">", now)]),
  ]);
}
