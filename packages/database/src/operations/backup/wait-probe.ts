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
  /** Ends the measuring; the longest wait of a reader or writer, in milliseconds. May be called again. */
  stop(): number;
}

/** Reads and writes as any other user of the database would, again and again, and remembers the longest wait. */
export function startWaitProbe(db: Handle): WaitProbe {
  const ended = new AbortController();
  const { signal } = ended;
  let longest = 0;
  /** When the probes under way were due. */
  const due = new Set<number>();
  const settle = (time: number) => {
    longest = Math.max(longest, performance.now() - time);
    due.delete(time);
  };
  const repeat = async (probe: () => Promise<unknown>) => {
    while (!signal.aborted) {
      // From the moment it was due: a held-up event loop is a wait as well.
      const time = performance.now() + intervalMs;
      await sleep(intervalMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      due.add(time);
      // One that gave up has waited; how long is what counts here.
      await probe().catch(() => undefined);
      if (!signal.aborted) settle(time);
    }
  };
  const probes = [repeat(() => read.all(db, {})), repeat(() => write.run(db, {}))];
  void Promise.all(probes);
  return {
    stop() {
      ended.abort();
      // Those that wait for somebody else's lock go on waiting; the backup does not wait for them.
      for (const time of due) settle(time);
      return Math.round(longest * 10) / 10;
    },
  };
}
