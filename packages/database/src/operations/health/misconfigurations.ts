import type { Handle } from "../../database/handle.ts";
import { getSecurityEvents, type SecurityEvent } from "../../security/get-security-events.ts";

/** Something that a server found wrong with how it, or the proxy before it, is set up. */
export type Misconfiguration = Pick<SecurityEvent, "id" | "description" | "createdAt">;

/** How long one counts that nobody has acknowledged. */
const hours = 30 * 24;

/** Finds what servers found wrong in the last 30 days and nobody has acknowledged, the newest first. */
export async function findMisconfigurations(db: Handle): Promise<readonly Misconfiguration[]> {
  const { items } = await getSecurityEvents(db, { eventType: "misconfigured", acknowledged: false, hours });
  return items.map(({ id, description, createdAt }) => ({ id, description, createdAt }));
}
