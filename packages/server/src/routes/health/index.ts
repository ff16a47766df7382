import { BusyError, type Database, getMigrationStatus, readApart } from "@nerve/database";
import { z } from "zod";
import { HttpError } from "../../errors/index.ts";
import { shareRuns } from "../operations/one-at-a-time.ts";
import type { RegisterRoutes } from "../server-context.ts";

/** Where the server says that it runs. */
export const liveUrl = "/api/health";

const liveAnswer = z.object({ status: z.literal("ok") });

/** Whether the database answers and is of this schema; asked beside the pool while all its connections are in use. */
async function isUpToDate(db: Database): Promise<boolean> {
  const ask = () => getMigrationStatus(db);
  const askApart = () => readApart(db, (handle) => getMigrationStatus(handle));
  const { maxTransactions, poolUse } = db.connection;
  const isFull = poolUse.idle === 0 && poolUse.total >= maxTransactions;
  const [first, second] = isFull ? [askApart, ask] : [ask, askApart];
  try {
    return (await first()).pending.length === 0;
  } catch (error) {
    // The server may have no connection to spare, or the last one was taken meanwhile.
    if (!(error instanceof BusyError)) throw error;
    return (await second()).pending.length === 0;
  }
}

export const registerHealthRoutes: RegisterRoutes = (server, { db }) => {
  // However many ask at once, one connection is opened for them.
  const askOnce = shareRuns(() => isUpToDate(db));

  server.get(
    liveUrl,
    {
      schema: { tags: ["health"], summary: "Whether the server runs", response: { 200: liveAnswer } },
      config: { access: "anybody" },
    },
    () => ({ status: "ok" as const }),
  );

  server.get(
    "/api/health/ready",
    {
      schema: {
        tags: ["health"],
        summary: "Whether the database answers and its schema is up to date",
        response: { 200: liveAnswer },
      },
      config: { access: "anybody" },
    },
    async () => {
      if (!(await askOnce())) throw new HttpError("NOT_READY");
      return { status: "ok" as const };
    },
  );
};
