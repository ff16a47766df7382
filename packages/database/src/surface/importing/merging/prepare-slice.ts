import { setImmediate as nextTurn } from "node:timers/promises";
import type { ScanRecord } from "@nerve/formats";
import type { Handle } from "../../../database/handle.ts";
import { rehearse } from "../../../database/rehearse.ts";
import { transaction } from "../../../database/transaction.ts";
import { requireDigestKey } from "../../evidence/digest-key.ts";
import { digestSecret } from "../../evidence/secret-digest.ts";
import { exposuresOf } from "../inventory/exposures.ts";
import type { Options } from "../report/report-to-import.ts";
import { type PreparedFinding, prepareFinding, type Preparing } from "./prepare-record.ts";

/** A slice of a report before its transaction, in which nothing takes time but the database. */
export interface PreparedSlice {
  readonly records: readonly ScanRecord[];
  /** Its findings, those of NERVE's own among them. */
  readonly findings: readonly PreparedFinding[];
}

/** What records are prepared by, besides the key that tells secrets apart. */
export type PreparedBy = Omit<Preparing, "digest">;

/** Longest time that other work waits for the preparing of records, in milliseconds. */
const turnMs = 10;

/** Masks and digests the records of a slice; a rehearsal leaves no key behind. */
export async function prepareSlice(
  db: Handle,
  records: readonly ScanRecord[],
  by: PreparedBy,
  { dryRun }: Pick<Options, "dryRun">,
): Promise<PreparedSlice> {
  const preparing = { ...by, digest: await digestFor(db, records, dryRun) };
  const findings: PreparedFinding[] = [];
  let turnEnds = performance.now() + turnMs;
  for (const record of records) {
    if (record.kind !== "finding" || record.state === "absent" || record.statement === true) continue;
    findings.push(prepareFinding(record, preparing));
    if (performance.now() < turnEnds) continue;
    await nextTurn();
    turnEnds = performance.now() + turnMs;
  }
  return { records, findings: [...findings, ...exposuresOf(records)] };
}

/** The key is looked up, and made, only where a report holds secrets. */
async function digestFor(db: Handle, records: readonly ScanRecord[], dryRun: boolean): Promise<Preparing["digest"]> {
  const hasSecrets = records.some((record) => record.kind === "finding" && record.secret !== undefined);
  if (!hasSecrets) return () => "";
  const key = await (dryRun ? rehearse(db, requireDigestKey) : transaction(db, requireDigestKey));
  return (secret) => digestSecret(key, secret);
}
