import { randomInt } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout } from "node:timers/promises";
import { type Database, type MaintenanceStep, runDueMaintenance } from "@nerve/database";
import { Cron } from "croner";
import type { Logger } from "pino";
import type { Settings } from "../settings/index.ts";
import { maintenancePolicy } from "./policy.ts";

/** The upkeep of one process. */
export interface MaintenanceRunner {
  /** Runs what is due, unless this process is at it already. Never throws. */
  readonly run: () => Promise<void>;
  /**
   * Begins no further job, and waits for the one that runs; for so many seconds at most. One that takes longer is left to itself: its
   * lease runs out, and it is done again.
   */
  readonly stop: (seconds: number) => Promise<void>;
}

/** Makes what runs the jobs of the upkeep that are due. */
export function createMaintenanceRunner(db: Database, settings: Settings, log: Logger): MaintenanceRunner {
  const stopping = new AbortController();
  const options = {
    ...maintenancePolicy(settings),
    holder: `${hostname().slice(0, 100)} ${process.pid}`,
    signal: stopping.signal,
    onStep: (step: MaintenanceStep) => logStep(log, step),
  };
  let running: Promise<void> | undefined;
  const runOnce = async () => {
    try {
      await runDueMaintenance(db, options);
    } catch (error) {
      log.error({ err: error }, "the jobs of the upkeep could not be read");
    } finally {
      running = undefined;
    }
  };
  return {
    run() {
      if (stopping.signal.aborted) return Promise.resolve();
      running ??= runOnce();
      return running;
    },
    async stop(seconds) {
      stopping.abort();
      if (running === undefined) return;
      const isEnded = running.then(() => true);
      const ended = await Promise.race([isEnded, setTimeout(seconds * 1000, false, { ref: false })]);
      if (!ended) log.warn("a job of the upkeep was left unfinished; it is done again");
    },
  };
}

function logStep(log: Logger, step: MaintenanceStep): void {
  if (step.kind === "started") {
    log.debug({ job: step.name }, "job started");
    return;
  }
  const { name: job, status, result, durationMs } = step.report;
  if (status === "failed") log.error({ job, durationMs, err: step.cause }, "job failed");
  else log.info({ job, status, result, milliseconds: durationMs }, "job");
}

/**
 * Looks every minute for jobs that are due. The second of the minute is this process's own, so that several processes do not ask at
 * once.
 *
 * @returns what ends it; see `MaintenanceRunner.stop`
 */
export function scheduleMaintenance(runner: MaintenanceRunner): (seconds: number) => Promise<void> {
  const cron = new Cron(`${randomInt(60)} * * * * *`, { timezone: "UTC", unref: true }, () => runner.run());
  return async (seconds) => {
    cron.stop();
    await runner.stop(seconds);
  };
}
