import type { Caller } from "../../../access/caller.ts";
import type { Transaction } from "../../../database/handle.ts";
import { logAudit } from "../../../operation/log-audit.ts";
import { assets } from "../../../schema/surface/assets.ts";
import type { JsonValue } from "../../../schema/kit/index.ts";

/** What a merge did to rows of a table: it changed some, whose former values are told, or took one away. */
export type MergeStep =
  | { readonly table: string; readonly ids: readonly number[]; readonly was: Readonly<Record<string, unknown>> }
  | { readonly table: string; readonly gone: Readonly<Record<string, unknown>> };

/** Ids that one step names, so that each fits into a row of the audit log. */
const mostIds = 2000;
/** Bytes of the steps in one row of the audit log, which holds 64 KiB. */
const mostBytes = 48 * 1024;

/** The step that gave rows new values, in as many pieces as it takes. */
export function changeOf(table: string, ids: readonly number[], was: Readonly<Record<string, unknown>>): MergeStep[] {
  const steps: MergeStep[] = [];
  for (let start = 0; start < ids.length; start += mostIds) {
    steps.push({ table, ids: ids.slice(start, start + mostIds), was });
  }
  return steps;
}

/** Writes into the audit log what undoes a merge, in as many rows as it takes: the steps, in the order in which they were made. */
export async function logSteps(
  tx: Transaction,
  { id, companyId, steps }: { id: number; companyId: number; steps: readonly MergeStep[] },
  { actor }: Caller,
): Promise<void> {
  for (const [part, some] of partsOf(steps).entries()) {
    const metadata = { part: part + 1, steps: some };
    await logAudit(tx, {
      action: "asset_merge_step",
      resourceType: assets.name,
      resourceId: id,
      companyId,
      metadata,
      actor,
    });
  }
}

function partsOf(steps: readonly MergeStep[]): JsonValue[][] {
  const parts: JsonValue[][] = [];
  let bytes = mostBytes;
  for (const step of steps) {
    const text = JSON.stringify(step);
    bytes += Buffer.byteLength(text);
    if (bytes > mostBytes) {
      parts.push([]);
      bytes = Buffer.byteLength(text);
    }
    parts.at(-1)?.push(JSON.parse(text) as JsonValue);
  }
  return parts;
}
