import { beforeClose } from "../database/before-close.ts";
import { type Handle, outsideTransactions } from "../database/handle.ts";
import { transactionInGroup } from "../database/in-groups.ts";
import { transaction } from "../database/transaction.ts";
import { ConflictError } from "../errors/index.ts";
import { continueSecurityEvent, type LoggedSecurityEvent } from "./continue-security-event.ts";
import type { Severity } from "./event-types.ts";
import { type FailedSignIn, type FailureGroup, FailureGroups } from "./group-failures.ts";

/** How long a count may be behind, in milliseconds: what a process that is killed takes with it. */
const flushMs = 10_000;

/** Events that one transaction amends. */
const batch = 100;

/** From how many failures on they are more than a person's mistakes. */
const manyFrom = 10;

/** What is in the log of a group. */
interface Written {
  readonly event: LoggedSecurityEvent | null;
  readonly count: number;
}

const unwritten: Written = { event: null, count: 0 };

/** The failed sign-ins of one database that a process has seen. */
class FailureLog {
  readonly #db: Handle;
  readonly #groups: FailureGroups;
  readonly #written = new WeakMap<FailureGroup, Written>();
  /** The first write of a group, while it is under way. */
  readonly #opening = new Map<FailureGroup, Promise<void>>();
  #flushing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(db: Handle) {
    this.#db = outsideTransactions(db);
    this.#groups = new FailureGroups(db.clock);
  }

  /** Counts a failure. The first of a group is written at once. */
  async tell(db: Handle, failure: FailedSignIn): Promise<void> {
    const group = this.#groups.count(failure);
    if (group.count > 1) return this.#flushLater();
    const opening = transactionInGroup(db, (tx) => this.#write(tx, group));
    this.#opening.set(
      group,
      opening.then(
        (written) => void this.#written.set(group, written),
        // The next flush tries again.
        () => this.#flushLater(),
      ),
    );
    try {
      await opening;
    } finally {
      this.#opening.delete(group);
    }
  }

  /** Writes the counts that have grown. One flush follows the other. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const flushed = this.#flushing.then(() => this.#flushNow());
    this.#flushing = flushed.catch(() => undefined);
    return flushed;
  }

  #flushLater(): void {
    this.#timer ??= setTimeout(() => void this.flush().catch(() => this.#flushLater()), flushMs).unref();
  }

  async #flushNow(): Promise<void> {
    await Promise.all(this.#opening.values());
    const grown = this.#groups.all().filter((group) => this.#hasGrown(group));
    for (let begin = 0; begin < grown.length; begin += batch) await this.#flushSome(grown.slice(begin, begin + batch));
    this.#groups.forgetEnded((group) => this.#hasGrown(group));
  }

  #hasGrown(group: FailureGroup): boolean {
    return !this.#opening.has(group) && (this.#written.get(group) ?? unwritten).count < group.count;
  }

  async #flushSome(groups: readonly FailureGroup[]): Promise<void> {
    const written = await transaction(this.#db, async (tx) => {
      const states: Written[] = [];
      for (const group of groups) states.push(await this.#writeOrGiveUp(tx, group));
      return states;
    });
    for (const [index, group] of groups.entries()) this.#written.set(group, written[index] ?? unwritten);
  }

  /** In a savepoint: an account that was purged meanwhile keeps no other count from the log. */
  async #writeOrGiveUp(tx: Handle, group: FailureGroup): Promise<Written> {
    try {
      return await transaction(tx, (own) => this.#write(own, group));
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      return { event: null, count: Infinity };
    }
  }

  async #write(db: Handle, group: FailureGroup): Promise<Written> {
    const { count, first } = group;
    const { event } = this.#written.get(group) ?? unwritten;
    const { email, ipAddress, userAgent, userId } = first;
    const whose = group.by === "address" ? { email, ipAddress, userAgent, userId } : { ipAddress };
    return {
      event: await continueSecurityEvent(db, event, { eventType: "login_failed", ...tell(group), ...whose }),
      count,
    };
  }
}

/** What the event of a group says. */
function tell(group: FailureGroup) {
  const { by, count, first, reasons, networks, addresses, startedAt, lastAt } = group;
  const failed = count === 1 ? "Failed sign-in" : `${count} failed sign-ins`;
  const whose = {
    address: `for ${first.email}`,
    network: `for many addresses from the network of ${first.ipAddress}`,
    others: "for many addresses from many networks",
  };
  const severity: Severity = count < manyFrom ? "low" : "medium";
  return {
    severity,
    description: `${failed} ${whose[by]}: ${[...reasons.keys()].join(", ")}`,
    metadata: {
      count,
      reasons: Object.fromEntries(reasons),
      networks: Object.fromEntries(networks),
      addresses: addresses.size,
      since: startedAt.toISOString(),
      until: lastAt.toISOString(),
    },
  };
}

/** By engine: the handles of one database share it. */
const logs = new WeakMap<object, FailureLog>();

/**
 * Tells the security log of a failed sign-in: those for one e-mail address within an hour make one event, `login_failed`, which
 * counts, and so do those of a network that tries many addresses. The first is written at once, the rest in groups every ten
 * seconds and before the database is closed, so that a flood of guesses fills no log. What refuses sign-in counts the attempts in the database, not these.
 *
 * @param db the database, or an open transaction; the attempt is recorded already
 */
export async function tellOfFailure(db: Handle, failure: FailedSignIn): Promise<void> {
  let log = logs.get(db.connection);
  if (log === undefined) {
    const opened = new FailureLog(db);
    logs.set(db.connection, opened);
    beforeClose(db.connection, () => opened.flush());
    log = opened;
  }
  await log.tell(db, failure);
}

/** Writes the counts of failed sign-ins that are not in the log yet. */
export async function flushFailures(db: Handle): Promise<void> {
  await logs.get(db.connection)?.flush();
}
