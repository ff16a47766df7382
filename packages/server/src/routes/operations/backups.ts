import { basename } from "node:path";
import {
  type BackupInfo,
  createBackup,
  listBackups,
  logAudit,
  NotFoundError,
  restoreBackup,
  verifyBackup,
} from "@nerve/database";
import { actorOf, principalOf } from "../../authentication/principal.ts";
import { pageOf } from "../../openapi/fields.ts";
import { backupReadOptions, backupWriteOptions, restoreOptions, type Settings } from "../../settings/index.ts";
import type { Server, ServerContext } from "../server-context.ts";
import type { createTurn } from "./one-at-a-time.ts";
import { backupBody, backupSchema, createBackupBody, restoreBody, restoredSchema, toBackup } from "./schemas.ts";

const tags = ["operations"];

type InTurn = ReturnType<typeof createTurn>;

/** Adds the routes of backups: all in the one folder that the settings name. */
export function registerBackupRoutes(server: Server, context: ServerContext, inTurn: InTurn): void {
  registerCatalogue(server, context, inTurn);
  registerRestore(server, context, inTurn);
}

function registerCatalogue(server: Server, { db, settings }: ServerContext, inTurn: InTurn): void {
  server.get(
    "/api/operations/backups",
    {
      schema: { tags, summary: "List the backups, newest first", response: { 200: pageOf(backupSchema) } },
      config: { access: "operations:read" },
    },
    async () => ({
      items: (await listBackups(settings.backupFolder, { database: db })).map(toBackup),
      nextCursor: null,
    }),
  );

  server.post(
    "/api/operations/backups",
    {
      schema: {
        tags,
        summary: "Back the database up while it is in use",
        body: createBackupBody,
        response: { 201: backupSchema },
      },
      config: { access: "operations:write" },
    },
    async (request, reply) => {
      const options = { ...backupWriteOptions(settings), ...request.body };
      const backup = toBackup(await inTurn(() => createBackup(db, options)));
      const metadata = { backup: backup.name, sha256: backup.sha256 };
      await logAudit(db, { action: "backup_created", metadata, actor: actorOf(request) });
      return reply.code(201).send(backup);
    },
  );

  server.post(
    "/api/operations/backups/verify",
    {
      schema: {
        tags,
        summary: "Restore a backup to a scratch database and compare; BACKUP_INVALID when it is not good",
        body: backupBody,
        response: { 200: backupSchema },
      },
      config: { access: "operations:write" },
    },
    ({ body }) =>
      inTurn(async () => {
        const { name, trustUnsigned } = body;
        const { backupPath } = await findBackup(name, settings);
        return toBackup(await verifyBackup(backupPath, { ...backupReadOptions(settings), trustUnsigned, server: db }));
      }),
  );
}

function registerRestore(server: Server, { db, settings, pause }: ServerContext, inTurn: InTurn): void {
  server.post(
    "/api/operations/restore",
    {
      schema: {
        tags,
        summary: "Put a backup in the database's place; other requests are answered with 503 meanwhile",
        body: restoreBody,
        response: { 200: restoredSchema },
      },
      config: { access: "operations:restore", fresh: true },
    },
    (request) =>
      inTurn(async () => {
        const { name, trustUnsigned, asItWas } = request.body;
        const { backupPath: path } = await findBackup(name, settings);
        const who = { actor: actorOf(request), actorEmail: principalOf(request).user.email };
        const options = { ...restoreOptions(settings), ...who, trustUnsigned, asItWas, confirm: true };
        // What is written from here on would be lost, so nothing is.
        const outcome = await pause.during(() => restoreBackup(db, path, options));
        request.log.warn({ backup: basename(path), kept: outcome.kept }, "the database was restored from a backup");
        const { preRestoreBackup } = outcome;
        return { ...outcome, preRestoreBackup: preRestoreBackup === null ? null : basename(preRestoreBackup) };
      }),
  );
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
