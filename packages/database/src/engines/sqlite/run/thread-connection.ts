import { JsonParameter } from "../../../schema/kit/parameters.ts";
import { type Thread, threadModule, warmThread, withThread } from "../../../threads/thread.ts";
import { JsonDocument } from "../../../validation/json/json-document.ts";
import type { InsertTarget, Query } from "../../port/engine.ts";
import type { TransactionConnection } from "../../shared/open-transaction.ts";
import { loadRows } from "../moving/bulk-load.ts";
import { rowsOfTurn } from "./insert-rows.ts";
import { retryWhileBusy } from "./retry.ts";
import type { SentStatement, SentValue } from "./transaction-worker.ts";
import { encodeValue } from "./values.ts";

/** Where a thread opens its connection, and how. */
export interface ThreadPlace {
  readonly location: string;
  readonly pragmas: readonly string[];
  readonly busyTimeoutMs: number;
}

const module = threadModule(import.meta.url, "transaction-worker");

/** Has the thread ready that {@link withThreadConnection} takes, before the lock is held under which it opens the file. */
export function warmThreadConnection(): Promise<void> {
  return warmThread(module);
}

/** Runs work with a connection on a thread; what it left open is rolled back when the connection is closed. */
export function withThreadConnection<T>(
  { location, pragmas, busyTimeoutMs }: ThreadPlace,
  work: (connection: TransactionConnection) => Promise<T>,
): Promise<T> {
  return withThread(module, async (thread) => {
    await retryWhileBusy(() => thread.call<void>("open", { location, pragmas }), busyTimeoutMs);
    try {
      return await work(connectionOn(thread, busyTimeoutMs));
    } finally {
      await thread.call("close", undefined);
    }
  });
}

function connectionOn(thread: Thread, busyTimeoutMs: number): TransactionConnection {
  const call = <T>(task: string, input: unknown) => retryWhileBusy(() => thread.call<T>(task, input), busyTimeoutMs);
  const run: TransactionConnection["run"] = (query, values) => call("run", sent(query, values));
  return {
    all: (query, values) => call("all", sent(query, values)),
    run,
    load: (rows) => loadRows(run, rows),
    script: (sql) => call("script", sql),
    insertRows: (target, rows) => insertOn(thread, target, rows),
    control: (sql) => call("control", sql),
    hasRowSecurity: () => Promise.resolve(false),
    confine: () => "",
    liftTimeLimit: () => Promise.resolve(),
  };
}

/** Many rows go in one message: a message for each took longer than to write it. */
async function insertOn(thread: Thread, target: InsertTarget, rows: readonly (readonly unknown[])[]): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsOfTurn) {
    const part = rows.slice(start, start + rowsOfTurn).map((row) => row.map(sentValue));
    // Never twice, since some rows may be there by then. The transaction has the lock already.
    await retryWhileBusy(() => thread.call<void>("insert", { target, rows: part }), 0);
  }
}

function sent(query: Query, values: readonly unknown[]): SentStatement {
  return { query, values: values.map(sentValue) };
}

/** Documents come from a thread in memory that threads share: this copies none of it. */
function sentValue(value: unknown): SentValue {
  const document = value instanceof JsonParameter ? value.value : undefined;
  return document instanceof JsonDocument ? { document: document.bytes } : encodeValue(value);
}
