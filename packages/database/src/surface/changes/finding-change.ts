import type { Actor } from "../../access/actor.ts";
import type { Transaction } from "../../database/handle.ts";
import type { Severity } from "../../schema/surface/assets.ts";
import type { ChangeSetCause, FindingChangeKind, FindingStatus } from "../../schema/surface/finding-words.ts";
import type { JsonValue } from "../../schema/kit/index.ts";

/** What findings are counted by. */
export interface FindingState {
  readonly status: FindingStatus;
  readonly severity: Severity;
  /** Known to be exploited somewhere. */
  readonly exploited: boolean;
}

/** How another field of a finding changed. */
export type FieldValues = Readonly<Record<"old" | "new", JsonValue>>;

export interface FindingChange {
  readonly findingId: number;
  readonly assetId: number;
  readonly ruleId: number;
  readonly source: string;
  readonly kind: FindingChangeKind;
  /** Null for a finding that was not there before. */
  readonly from: FindingState | null;
  /** Null for one that is gone. */
  readonly to: FindingState | null;
  readonly reason: string | null;
  /** Other fields that changed, by property names. */
  readonly fields?: Readonly<Record<string, FieldValues>>;
}

/** Why findings change together, who does it and when. */
export interface ChangeReason {
  readonly companyId: number;
  readonly cause: ChangeSetCause;
  readonly importId: number | null;
  readonly actor: Actor;
  readonly at: Date;
}

/** Changes that were made together: at most 5,000. */
export interface FindingChangeSet extends ChangeReason {
  readonly id: number;
  readonly changes: readonly FindingChange[];
}

/**
 * What follows from changes of findings. It is called in their transaction, when all rows are written: what it throws takes the
 * changes back.
 */
export type OnFindingChanges = (tx: Transaction, set: FindingChangeSet) => Promise<void>;

/** An import that is done, also one of a report that ended too early: what it held was seen. */
export interface DoneImport {
  readonly companyId: number;
  readonly importId: number;
  /** The time of the scan. */
  readonly at: Date;
  /** The rules whose findings the report held, new or not. */
  readonly seenRuleIds: ReadonlySet<number>;
  /** The rules that were tested and found nothing wrong. */
  readonly passedRuleIds: ReadonlySet<number>;
}

/** What follows from an import, called in the transaction that makes it done. */
export type OnImportDone = (tx: Transaction, done: DoneImport) => Promise<void>;
