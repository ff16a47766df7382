import { setTimeout as sleep } from "node:timers/promises";
import { statement } from "../../database/statement.ts";
import type { Handle } from "../../database/handle.ts";

/** Pause between two probes, in milliseconds. */
const intervalMs = 20;

const read = statement((sql) => sql.selectFrom("schema_migrations").select("id").limit(1));
/** Changes nothing, but waits for the lock that every writer needs. */
const write = statement((sql) => sql.updateTable("schema_migrations").set({ version: "" }).where("id", "<", 0));

/** Measures how long those who use the database have to wait. */
export interface WaitProbe {
  /** Ends the measuring; the longest wait of a reader or writer, in milliseconds. */
  stop(): Promise<number>;
}

/** Reads and writes as any other user of the database would, again and again, and remembers the longest wait. */
export function startWaitProbe(db: Handle): WaitProbe {
  const ended = new AbortController();
  let longest = 0;
  const repeat = async (probe: () => Promise<unknown>) => {
    while (!ended.signal.aborted) {
      // From the moment it was due: a held-up event loop is a wait as well.
      const due = performance.now() + intervalMs;
      await sleep(intervalMs, undefined, { signal: ended.signal }).catch(() => undefined);
      if (ended.signal.aborted) return;
      // One that gave up has waited; how long is what counts here.
      await probe().catch(() => undefined);
      longest = Math.max(longest, performance.now() - due);
    }
  };
  const probes = Promise.all([repeat(() => read.all(db, {})), repeat(() => write.run(db, {}))]);
  return {
    async stop() {
      ended.abort();
      await probes;
      return Math.round(longest * 10) / 10;
    },
  };
}
