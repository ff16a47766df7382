import { createApiKey, listUserApiKeys, NotFoundError, revokeApiKey } from "@nerve/database";
import { commandLine } from "../actor.ts";
import { addCommand, addGroup, type RegisterCommands } from "../command.ts";
import { useDatabase } from "../database.ts";
import { requireUser } from "../find-records.ts";
import { addPageOptions, collect, continuation, daysOrNever, type PageOptions, wholeNumber } from "../options.ts";
import { formatTime, formatTable } from "../table.ts";

interface CreateOptions {
  readonly user: string;
  readonly name: string;
  readonly permission?: string[];
  readonly expiresDays?: number | null;
}

interface ListOptions extends PageOptions {
  readonly user: string;
  readonly includeRevoked?: true;
}

const headings = ["ID", "PREFIX", "NAME", "PERMISSIONS", "USED", "LAST USE", "EXPIRES", "REVOKED"];

export const registerKey: RegisterCommands = (program, surroundings) => {
  const group = addGroup(program, "key", "API keys");

  addCommand<CreateOptions>(group, surroundings, {
    usage: "create",
    description: "make an API key; it is shown once",
    options: (command) =>
      command
        .requiredOption("--user <email>", "who uses it")
        .requiredOption("--name <name>", "what it is for")
        .option("--permission <permission>", "what it may do, such as scan:read; may be given several times", collect)
        .option("--expires-days <n>", "end it after so many days (default NERVE_KEY_DAYS), or `never`", daysOrNever),
    fields: { permissions: "--permission", expiresInDays: "--expires-days" },
    run: (call) =>
      useDatabase(call, async (db) => {
        const { user: email, name, permission: permissions, expiresDays: expiresInDays } = call.options;
        const { id: userId } = await requireUser(db, email);
        const made = await createApiKey(db, { userId, name, permissions, expiresInDays, actor: commandLine });
        const end = made.expiresAt === null ? "It does not expire." : `It expires ${formatTime(made.expiresAt)}.`;
        return { json: made, text: `${made.key}\n\nKey ${made.keyId}. Keep it: it is not shown again. ${end}` };
      }),
  });

  addCommand<ListOptions>(group, surroundings, {
    usage: "list",
    description: "list a user's API keys, newest first",
    options: (command) =>
      addPageOptions(
        command.requiredOption("--user <email>", "whose").option("--include-revoked", "those that were revoked, too"),
      ),
    run: (call) =>
      useDatabase(call, async (db) => {
        const { user: email, includeRevoked, limit, cursor } = call.options;
        const { id } = await requireUser(db, email);
        const { items, nextCursor } = await listUserApiKeys(db, id, { includeRevoked, limit, cursor });
        const rows = items.map((key) => [
          key.id,
          key.keyPrefix,
          key.name,
          key.permissions.join(" "),
          key.usageCount,
          key.lastUsedAt,
          key.expiresAt,
          key.revokedAt,
        ]);
        const keys = items.map(({ id: keyId, ...key }) => ({ keyId, ...key }));
        return { json: { keys, nextCursor }, text: formatTable(headings, rows) + continuation(nextCursor) };
      }),
  });

  addCommand(group, surroundings, {
    usage: "revoke",
    description: "revoke an API key",
    options: (command) => command.argument("<id>", "its number, as the list shows it", wholeNumber),
    run: (call) =>
      useDatabase(call, async (db) => {
        const keyId = Number(call.words[0]);
        const revoked = await revokeApiKey(db, keyId, { actor: commandLine });
        if (!revoked) throw new NotFoundError({ message: `There is no API key ${keyId}.` });
        return { json: { keyId, revoked }, text: `Key ${keyId} is revoked.` };
      }),
  });
};
