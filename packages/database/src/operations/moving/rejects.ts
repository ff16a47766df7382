import { closeSync, openSync, writeSync } from "node:fs";
import { translateFileError } from "../../files/errors.ts";

/** A row that was left behind, or one that could only be taken over in part. Holds no value of the row but its key. */
export interface Reject {
  /**
   * `rejected`: the row was left behind. `adjusted`: it was taken over, with this column changed. `unread`: it was taken over, and
   * what it says of findings was not, or not all of it.
   */
  readonly kind: "rejected" | "adjusted" | "unread";
  readonly table: string;
  /** Primary key of the row, where it has a usable one. */
  readonly key: string | number | null;
  /** The column at fault. */
  readonly column: string | null;
  readonly reason: string;
}

/** Receives what could not be taken over as it was. */
export type OnReject = (reject: Reject) => void;

/** How often a reason came up. */
export interface RejectReason extends Omit<Reject, "key"> {
  count: number;
}

/** Counts rejects by their reasons and passes them on. */
export class RejectCounter {
  readonly #reasons = new Map<string, RejectReason>();
  readonly #onReject: OnReject | undefined;

  constructor(onReject: OnReject | undefined) {
    this.#onReject = onReject;
  }

  add(reject: Reject): void {
    const { key: _, ...reason } = reject;
    const name = JSON.stringify(Object.values(reason));
    const known = this.#reasons.get(name);
    if (known === undefined) this.#reasons.set(name, { ...reason, count: 1 });
    else known.count += 1;
    this.#onReject?.(reject);
  }

  get reasons(): RejectReason[] {
    return [...this.#reasons.values()];
  }

  total(kind: Reject["kind"]): number {
    return this.reasons.filter((reason) => reason.kind === kind).reduce((sum, { count }) => sum + count, 0);
  }
}

/** A file of rejects, one JSON object on each line. */
export interface RejectsFile {
  readonly write: OnReject;
  close(): void;
}

/**
 * Opens a file for rejects, readable by its owner only. Lines are added to what a file already holds.
 *
 * @param path where the file is, or is to be made
 * @returns the file; pass its `write` on, and close it
 * @throws {DatabaseError} FILE_UNUSABLE naming the path and the cause; STORAGE_FULL
 * @example
 * const rejects = openRejectsFile("rejects.jsonl");
 * rejects.close();
 */
export function openRejectsFile(path: string): RejectsFile {
  const ofPath = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw translateFileError(error, path);
    }
  };
  const descriptor = ofPath(() => openSync(path, "a", 0o600));
  return {
    write: (reject) => void ofPath(() => writeSync(descriptor, `${JSON.stringify(reject)}\n`)),
    close: () => closeSync(descriptor),
  };
}
