import type { Actor } from "../access/actor.ts";
import { logAudit } from "../operation/log-audit.ts";
import type { Transaction } from "../database/handle.ts";
import type { JsonValue, TableDefinition } from "../schema/kit/index.ts";
import type { RecordId } from "./known-table.ts";

interface RecordChange {
  readonly action: "record_updated" | "record_deleted" | "record_restored";
  readonly table: TableDefinition;
  readonly id: RecordId;
  readonly actor: Actor;
  readonly metadata?: Readonly<Record<string, JsonValue>>;
}

/** Writes the audit row of a change to a record; a text id, which its column cannot hold, goes into the metadata. */
export async function auditChange(
  tx: Transaction,
  { action, table, id, actor, metadata = {} }: RecordChange,
): Promise<void> {
  const resource = typeof id === "number" ? { resourceId: id, metadata } : { metadata: { ...metadata, id } };
  await logAudit(tx, { action, resourceType: table.name, actor, ...resource });
}
