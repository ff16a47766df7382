import type { Handle } from "../../database/handle.ts";
import { type ErrorCode, errorRegistry } from "../../errors/index.ts";
import { codeOf, messageOf } from "./failure.ts";

/** Why a check failed. */
export interface CheckFailure {
  readonly code: ErrorCode;
  readonly message: string;
  /** What to do next. */
  readonly help: string;
}

export interface ConnectionCheck {
  readonly healthy: boolean;
  /** How long one small read took, in milliseconds. */
  readonly latencyMs: number;
  readonly error?: CheckFailure;
}

/**
 * Checks that the database answers. On SQLite, a file that was deleted or replaced while it was open is unhealthy, too:
 * what is written to it is lost.
 *
 * @param db the database, or an open transaction
 * @returns whether it answers, and how fast; never throws for an unhealthy database
 * @example
 * const { healthy, latencyMs } = await checkDatabaseConnection(db);
 * console.log(healthy, latencyMs);
 */
export async function checkDatabaseConnection(db: Handle): Promise<ConnectionCheck> {
  const started = performance.now();
  const elapsed = () => roundMs(performance.now() - started);
  try {
    await db.connection.upkeep.touch();
    return { healthy: true, latencyMs: elapsed() };
  } catch (error) {
    const code = codeOf(error);
    return {
      healthy: false,
      latencyMs: elapsed(),
      error: { code, message: messageOf(error), help: errorRegistry[code].help },
    };
  }
}

function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
