import { setImmediate as nextTurn } from "node:timers/promises";
import { BusyError } from "../errors/index.ts";
import type { Handle, Transaction } from "./handle.ts";
import { transaction } from "./transaction.ts";

/** Members of one group: the lock is held for as long as they take together. */
const mostTogether = 10;
/** Members that wait, of one database. */
const mostWaiting = 2000;

interface Member {
  /** Runs it in a savepoint of the group. */
  readonly run: (tx: Transaction) => Promise<void>;
  /** Tells the caller how it ended; called once the group has been committed. */
  readonly settle: () => void;
  readonly fail: (error: unknown) => void;
}

interface Group {
  readonly waiting: Member[];
  isRunning: boolean;
}

/** By engine: the handles of one database share it. */
const groups = new WeakMap<object, Group>();

/**
 * Runs a function in a transaction that it may share with others who come at the same time, each in a savepoint of its own: a
 * crowd costs a few commits, not one each. Like `transaction`, it returns once what was done is on the disk, and what one throws
 * takes back its own part alone; when the commit fails, it fails for all of the group.
 *
 * Only where transactions take turns anyway, on SQLite. Elsewhere, and within a transaction, it is `transaction`: rows that one
 * group locks in one order and another in another would block each other.
 *
 * @throws {BusyError} BUSY when too many wait already
 */
export function transactionInGroup<T>(db: Handle, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const { connection } = db;
  if (db.executor !== connection || connection.maxTransactions > 1) return transaction(db, work);
  const group = groups.get(connection) ?? { waiting: [], isRunning: false };
  groups.set(connection, group);
  if (group.waiting.length >= mostWaiting) return Promise.reject(new BusyError());
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  group.waiting.push(memberOf(work, resolve, reject));
  if (!group.isRunning) void runGroups(db, group);
  return promise;
}

function memberOf<T>(
  work: (tx: Transaction) => Promise<T>,
  resolve: (result: T) => void,
  fail: (error: unknown) => void,
): Member {
  let settle = () => fail(new BusyError());
  return {
    fail,
    settle: () => settle(),
    async run(tx) {
      try {
        const result = await transaction(tx, work);
        settle = () => resolve(result);
      } catch (error) {
        settle = () => fail(error);
      }
    },
  };
}

async function runGroups(db: Handle, group: Group): Promise<void> {
  group.isRunning = true;
  try {
    while (group.waiting.length > 0) {
      await runGroup(db, group.waiting);
      // What was done is told, and everybody else has a turn, before the next group begins.
      await nextTurn();
    }
  } finally {
    group.isRunning = false;
  }
}

async function runGroup(db: Handle, waiting: Member[]): Promise<void> {
  const members: Member[] = [];
  try {
    await transaction(db, async (tx) => {
      for (let member = waiting.shift(); member !== undefined; member = waiting.shift()) {
        members.push(member);
        await member.run(tx);
        if (members.length >= mostTogether) return;
      }
    });
  } catch (error) {
    // The lock was not to be had: whoever waited for it did so in vain.
    const failed = members.length === 0 ? waiting.splice(0) : members;
    for (const { fail } of failed) fail(error);
    return;
  }
  for (const { settle } of members) settle();
}
