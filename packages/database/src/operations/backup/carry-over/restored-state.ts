import type { Clock } from "../../../database/clock.ts";
import type { Database } from "../../../database/handle.ts";
import { statement } from "../../../database/statement.ts";
import { transaction } from "../../../database/transaction.ts";
import { inGoodStanding } from "../../../identity/account/good-standing.ts";
import { openDatabase } from "../../../opening/open-database.ts";
import type { StoredBackup } from "../parts/parts.ts";
import { type CarriedOver, carryOver } from "./carry-over.ts";
import { endAllAccess, type EndedAccess } from "./end-all-access.ts";
import { type RecordedRestore, recordRestore } from "./record-restore.ts";

/** What completing a restored state takes. */
export interface CompletingTask {
  readonly backup: StoredBackup;
  readonly clock: Clock;
  readonly migrationsApplied: readonly string[];
  readonly options: Pick<RecordedRestore, "actor"> & {
    readonly actorEmail?: string | undefined;
    readonly asItWas: boolean;
  };
}

/** What became of the access that the backup would give back. */
export interface CompletedState {
  readonly ended: EndedAccess | null;
  readonly carriedOver: CarriedOver | null;
  /** Super administrators who may act in it. */
  readonly superAdministrators: number;
}

const countSuperAdministrators = statement((sql, p: { now: Date }) =>
  sql
    .selectFrom("users")
    .select((eb) => eb.fn.countAll<number>().as("users"))
    .where("role", "=", "super_admin")
    .where(inGoodStanding(p.now)),
);

/**
 * The state that a restore brings back, before it takes the live one's place: all that is done to it comes with that one
 * moment, or never was.
 */
export class RestoredState {
  readonly #url: string;
  readonly #task: CompletingTask;
  #carriedOver: CarriedOver | null = null;

  constructor(url: string, task: CompletingTask) {
    this.#url = url;
    this.#task = task;
  }

  /** Carries over what the state that is to be replaced must not lose; it is read where it lies for a trial. */
  async takeFrom(url: string): Promise<void> {
    if (this.#task.options.asItWas) return;
    await using replaced = await this.#open(url);
    await using restored = await this.#open(this.#url);
    this.#carriedOver = await transaction(restored, (tx) => carryOver(replaced, tx));
  }

  /** Ends what is open in it, and records the restore. */
  async complete(preRestoreBackup: string | null): Promise<CompletedState> {
    const { backup, migrationsApplied, options } = this.#task;
    const carriedOver = this.#carriedOver;
    await using restored = await this.#open(this.#url);
    return await transaction(restored, async (tx) => {
      const ended = options.asItWas ? null : await endAllAccess(tx);
      const { actor, actorEmail: email } = options;
      const { path } = backup;
      await recordRestore(tx, { path, preRestoreBackup, migrationsApplied, ended, carriedOver, actor, email });
      const { users: superAdministrators } = await countSuperAdministrators.one(tx, { now: tx.clock.now() });
      return { ended, carriedOver, superAdministrators };
    });
  }

  #open(url: string): Promise<Database> {
    return openDatabase(url, { migrations: "ignore", clock: this.#task.clock, rowSecurity: "off" });
  }
}
