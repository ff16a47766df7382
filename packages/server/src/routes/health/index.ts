import { BusyError, type Database, getMigrationStatus, type MigrationStatus, readApart } from "@nerve/database";
import { z } from "zod";
import { HttpError } from "../../errors/index.ts";
import { handle } from "../handle.ts";
import { shareRuns } from "../operations/one-at-a-time.ts";
import type { RegisterRoutes } from "../server-context.ts";

/** Where the server says that it runs. */
export const liveUrl = "/api/health";

const liveAnswer = z.object({ status: z.literal("ok") });
const alive = { status: "ok" } as const;

type Pending = MigrationStatus["pending"];

/** Asks the database which migrations it lacks; beside the pool while all its connections are in use. */
async function findPending(db: Database): Promise<Pending> {
  const ask = () => getMigrationStatus(db);
  const askApart = () => readApart(db, getMigrationStatus);
  const { maxTransactions, poolUse } = db.connection;
  const isFull = poolUse.idle === 0 && poolUse.total >= maxTransactions;
  const [first, second] = isFull ? [askApart, ask] : [ask, askApart];
  try {
    return (await first()).pending;
  } catch (error) {
    // The server may have no connection to spare, or the last one was taken meanwhile.
    if (!(error instanceof BusyError)) throw error;
    return (await second()).pending;
  }
}

function requireNone(pending: Pending): void {
  if (pending.length === 0) return;
  const versions = pending.map(({ version }) => version).join(", ");
  throw new HttpError("NOT_READY", {
    cause: new Error(`Migrations are pending: ${versions}. \`nerve migrate up\` applies them, after a backup.`),
  });
}

export const registerHealthRoutes: RegisterRoutes = (server, { db }) => {
  // However many ask at once, one connection is opened for them.
  const askOnce = shareRuns(() => findPending(db));

  handle(server, `GET ${liveUrl}`, {
    summary: "Whether the server runs",
    access: "anybody",
    answer: liveAnswer,
    run: () => alive,
  });

  handle(server, "GET /api/health/ready", {
    summary: "Whether the database answers and its schema is up to date",
    access: "anybody",
    answer: liveAnswer,
    async run() {
      requireNone(await askOnce());
      return alive;
    },
  });
};
