import { after, day, latestPossible } from "../database/durations.ts";
import type { Handle } from "../database/handle.ts";
import { statement } from "../database/statement.ts";
import { json } from "../schema/kit/parameters.ts";
import type { JsonValue } from "../schema/kit/index.ts";
import type { jobOutcomes } from "../schema/system.ts";

/** The longest that a lease may last. */
export const longestLeaseMs = day;

/** A lease that lasts longer was taken by a clock that was ahead, and holds nobody off. */
function latestLease(now: Date): Date {
  return latestPossible(now, longestLeaseMs);
}

interface Claim {
  id: string;
  holder: string;
  now: Date;
  leaseExpiresAt: Date;
  /** The job must be due by then. */
  dueBy: Date;
  /** Or after this: see `latestDue`. */
  dueAfter: Date;
  /** See `latestLease`. */
  latestLease: Date;
}

/** Takes a job, unless another process has it whose lease lasts, or it is not due: one statement, so that one wins. */
const claim = statement((sql, p: Claim) =>
  sql
    .insertInto("maintenance_jobs")
    .values({ id: p.id, due_at: p.now, holder: p.holder, lease_expires_at: p.leaseExpiresAt, started_at: p.now })
    .onConflict((conflict) =>
      conflict
        .column("id")
        .doUpdateSet({ holder: p.holder, lease_expires_at: p.leaseExpiresAt, started_at: p.now })
        .where((where) =>
          where.or([
            where("maintenance_jobs.lease_expires_at", "is", null),
            where("maintenance_jobs.lease_expires_at", "<=", p.now),
            where("maintenance_jobs.lease_expires_at", ">", p.latestLease),
          ]),
        )
        .where((where) =>
          where.or([
            where("maintenance_jobs.due_at", "<=", p.dueBy),
            where("maintenance_jobs.due_at", ">", p.dueAfter),
          ]),
        ),
    )
    .returning("id"),
);

const renew = statement((sql, p: { id: string; holder: string; leaseExpiresAt: Date }) =>
  sql
    .updateTable("maintenance_jobs")
    .set({ lease_expires_at: p.leaseExpiresAt })
    .where("id", "=", p.id)
    .where("holder", "=", p.holder),
);

interface Ending {
  id: string;
  holder: string;
  now: Date;
  dueAt: Date;
  durationMs: number;
  outcome: (typeof jobOutcomes)[number];
  result: JsonValue;
  error: JsonValue;
}

const endRun = (outcome: Ending["outcome"]) =>
  statement((sql, p: Ending) =>
    sql
      .updateTable("maintenance_jobs")
      .set((set) => ({
        holder: null,
        lease_expires_at: null,
        due_at: p.dueAt,
        finished_at: p.now,
        duration_ms: p.durationMs,
        outcome,
        result: json(p.result),
        error: json(p.error),
        ...(outcome === "failed" ? { failures: set("failures", "+", 1) } : {}),
        ...(outcome === "done" ? { succeeded_at: p.now } : {}),
      }))
      .where("id", "=", p.id)
      .where("holder", "=", p.holder),
  );

const endings = { done: endRun("done"), failed: endRun("failed"), skipped: endRun("skipped") };

const plan = statement((sql, p: { id: string; dueAt: Date }) =>
  sql
    .insertInto("maintenance_jobs")
    .values({ id: p.id, due_at: p.dueAt })
    .onConflict((conflict) => conflict.column("id").doNothing()),
);

const listRows = statement((sql) =>
  sql
    .selectFrom("maintenance_jobs")
    .select([
      "id",
      "due_at",
      "holder",
      "lease_expires_at",
      "started_at",
      "finished_at",
      "succeeded_at",
      "duration_ms",
      "outcome",
      "result",
      "error",
      "failures",
    ]),
);

/** A job as the table knows it. */
export type JobRow = Awaited<ReturnType<typeof listJobRows>>[number];

export function listJobRows(db: Handle) {
  return listRows.all(db, {});
}

/** Whether a process runs the job whose lease lasts. */
export function isHeld({ leaseExpiresAt }: Pick<JobRow, "leaseExpiresAt">, now: Date): boolean {
  return leaseExpiresAt !== null && leaseExpiresAt > now && leaseExpiresAt <= latestLease(now);
}

/** Writes down when a job is due first, unless that is known. */
export async function planJob(db: Handle, id: string, dueAt: Date): Promise<void> {
  await plan.run(db, { id, dueAt });
}

/** Far beyond every due time. */
const always = new Date("9999-12-31T00:00:00Z");

/** A job that this process runs, and nobody else while the lease lasts. */
export interface Lease {
  /** Makes the lease last longer; false when another process has taken the job over. */
  renew(): Promise<boolean>;
  /** Writes down how the run ended; false when another process has taken the job over. */
  end(ending: Omit<Ending, "id" | "holder" | "now">): Promise<boolean>;
}

/**
 * Takes a job.
 * @param options `holder`: who takes it, unique to this run; `ifDue`: only when it is due; `latestDue`: see there
 * @returns null when another process has it, or it is not due
 */
export async function takeLease(
  db: Handle,
  id: string,
  { holder, leaseMs, ifDue, latestDue = always }: { holder: string; leaseMs: number; ifDue: boolean; latestDue?: Date },
): Promise<Lease | null> {
  const expiry = () => after(db.clock.now(), leaseMs);
  const now = db.clock.now();
  const due = { dueBy: ifDue ? now : always, dueAfter: latestDue };
  const taken = await claim.first(db, {
    id,
    holder,
    now,
    leaseExpiresAt: expiry(),
    ...due,
    latestLease: latestLease(now),
  });
  if (taken === null) return null;
  return {
    renew: async () => (await renew.run(db, { id, holder, leaseExpiresAt: expiry() })) > 0,
    end: async (ending) => (await endings[ending.outcome].run(db, { ...ending, id, holder, now: db.clock.now() })) > 0,
  };
}
