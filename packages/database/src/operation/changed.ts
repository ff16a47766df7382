import type { Caller } from "../access/caller.ts";
import type { AuditEntry } from "./log-audit.ts";
import type { JsonValue, TableDefinition } from "../schema/kit/index.ts";

/** What the audit log tells of a change. */
export interface AuditSubject {
  /** A word such as `user_suspended`. */
  readonly action: string;
  /** The table whose record was changed. */
  readonly on: TableDefinition;
  readonly id: number;
  readonly description?: string | undefined;
  /** What else there is to tell, without secrets. */
  readonly metadata?: Readonly<Record<string, JsonValue>>;
  /** The company whose record it is, null for nobody's; unless told, that of the answer, else the caller's. */
  readonly companyId?: number | null;
}

/** What an operation answers, with what the audit log tells of it; null where nothing changed. */
export interface Changed<Output> {
  readonly output: Output;
  readonly audit: AuditSubject | null;
}

/** Something has changed, and the audit log tells of it. */
export function changed<Output>(output: Output, audit: AuditSubject): Changed<Output> {
  return { output, audit };
}

/** All is as it was, or a function that was called has told of it already. */
export function unchanged<Output>(output: Output): Changed<Output> {
  return { output, audit: null };
}

/** The row of the audit log that tells of a change. */
export function auditEntryOf({ on, id, ...subject }: AuditSubject, output: unknown, caller: Caller): AuditEntry {
  const companyId = subject.companyId === undefined ? companyOfAnswer(output) : subject.companyId;
  return {
    ...subject,
    resourceType: on.name,
    resourceId: id,
    actor: caller.actor,
    ...(companyId === null ? { companyId: undefined, ownerId: null } : { companyId }),
  };
}

/** The company that an answer names, null where it says that it has none, undefined where it does not tell. */
function companyOfAnswer(output: unknown): number | null | undefined {
  if (typeof output !== "object" || output === null || !("companyId" in output)) return undefined;
  return typeof output.companyId === "number" ? output.companyId : null;
}
