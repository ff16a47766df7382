import { basename } from "node:path";
import {
  type BackupInfo,
  createBackup,
  type DatabaseError,
  listBackups,
  NotFoundError,
  restoreBackup,
  verifyBackup,
} from "@nerve/database";
import type { FastifyRequest } from "fastify";
import type { z } from "zod";
import { actorOf, principalOf } from "../../authentication/principal.ts";
import { pageOf } from "../../openapi/fields.ts";
import { backupReadOptions, backupWriteOptions, restoreOptions, type Settings } from "../../settings/index.ts";
import { handle } from "../handle.ts";
import type { Server, ServerContext } from "../server-context.ts";
import type { createTurn } from "./one-at-a-time.ts";
import { backupFields, backupSchema, createBackupFields, restoredSchema, restoreFields, toBackup } from "./schemas.ts";

/** Adds the routes of backups: all in the one folder that the settings name. */
export function registerBackupRoutes(
  server: Server,
  context: ServerContext,
  inTurn: ReturnType<typeof createTurn>,
): void {
  const { db, settings } = context;

  handle(server, "GET /api/operations/backups", {
    summary: "List the backups, newest first",
    access: "operations:read",
    answer: pageOf(backupSchema),
    async run() {
      const backups = await listBackups(settings.backupFolder, { database: db });
      return { items: backups.map(toBackup), nextCursor: null };
    },
  });

  handle(server, "POST /api/operations/backups", {
    summary: "Back the database up while it is in use",
    access: "operations:write",
    body: createBackupFields,
    answer: backupSchema,
    status: 201,
    async run(request) {
      const onUnrecorded = (err: DatabaseError) => request.log.error({ err }, "a backup is not in the audit log");
      const options = { ...backupWriteOptions(settings), ...request.body, actor: actorOf(request), onUnrecorded };
      return toBackup(await inTurn(() => createBackup(db, options)));
    },
  });

  handle(server, "POST /api/operations/backups/verify", {
    summary: "Restore a backup to a scratch database and compare; BACKUP_INVALID when it is not good",
    access: "operations:write",
    body: backupFields,
    answer: backupSchema,
    run: ({ body: { name, trustUnsigned } }) =>
      inTurn(async () => {
        const { backupPath } = await findBackup(name, settings);
        return toBackup(await verifyBackup(backupPath, { ...backupReadOptions(settings), trustUnsigned, server: db }));
      }),
  });

  handle(server, "POST /api/operations/restore", {
    summary: "Put a backup in the database's place; other requests are answered with 503 meanwhile",
    access: "operations:restore",
    fresh: true,
    body: restoreFields,
    answer: restoredSchema,
    run: (request) => inTurn(() => restore(request, context)),
  });
}

type RestoreRequest = FastifyRequest & { readonly body: z.output<z.ZodObject<typeof restoreFields>> };

async function restore(request: RestoreRequest, { db, settings, pause }: ServerContext) {
  const { name, trustUnsigned, asItWas } = request.body;
  const { backupPath: path } = await findBackup(name, settings);
  const who = { actor: actorOf(request), actorEmail: principalOf(request).user.email };
  const options = { ...restoreOptions(settings), ...who, trustUnsigned, asItWas, confirm: true };
  // What is written from here on would be lost, so nothing is.
  const outcome = await pause.during(() => restoreBackup(db, path, options));
  request.log.warn({ backup: basename(path), kept: outcome.kept }, "the database was restored from a backup");
  const { preRestoreBackup } = outcome;
  return { ...outcome, preRestoreBackup: preRestoreBackup === null ? null : basename(preRestoreBackup) };
}

/**
 * Finds a backup among those of the folder: what a client names is only compared, and never becomes part of a path.
 * @throws {NotFoundError} NOT_FOUND
 */
async function findBackup(name: string, { backupFolder }: Settings): Promise<BackupInfo> {
  const found = (await listBackups(backupFolder)).find(({ backupPath }) => basename(backupPath) === name);
  if (found === undefined) throw new NotFoundError();
  return found;
}
