import type { Handle } from "../../src/database/handle.ts";
import { fetchAll } from "../../src/database/statement.ts";

/** Counts the security events of a user by their type. */
export async function countEvents(db: Handle, userId: number, eventType: string): Promise<number> {
  const query = db.sql
    .selectFrom("security_events")
    .select("id")
    .where("user_id", "=", userId)
    .where("event_type", "=", eventType);
  return (await fetchAll(db, query)).length;
}

/** Lists the actions of the audit log on one record. */
export async function auditedActions(db: Handle, resourceType: string, resourceId: number): Promise<string[]> {
  const query = db.sql
    .selectFrom("audit_logs")
    .select("action")
    .where("resource_type", "=", resourceType)
    .where("resource_id", "=", resourceId)
    .orderBy("id");
  return (await fetchAll(db, query)).map(({ action }) => action);
}
