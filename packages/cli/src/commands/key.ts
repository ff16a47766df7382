import {
  createApiKey,
  listUserApiKeys,
  type NewApiKey,
  NotFoundError,
  revokeApiKey,
  rotateApiKey,
  setKeyNetworks,
} from "@nerve/database";
import type { Command } from "commander";
import { commandLine } from "../actor.ts";
import { addCommand, addGroup, type RegisterCommands, type Surroundings } from "../command.ts";
import { useDatabase } from "../database.ts";
import { UsageError } from "../failure.ts";
import { requireUser } from "../find-records.ts";
import {
  addPageOptions,
  collect,
  continuation,
  type DaysOrNever,
  daysOrNever,
  type PageOptions,
  toDays,
  wholeNumber,
} from "../options.ts";
import { formatTime, formatTable } from "../table.ts";

interface CreateOptions {
  readonly user: string;
  readonly name: string;
  readonly permission?: string[];
  readonly from?: string[];
  readonly expiresDays?: DaysOrNever;
}

interface ListOptions extends PageOptions {
  readonly user: string;
  readonly includeRevoked?: true;
}

const headings = [
  "ID",
  "PREFIX",
  "NAME",
  "PERMISSIONS",
  "FROM",
  "USED",
  "LAST USE",
  "REFUSED",
  "EXPIRES",
  "REVOKED",
  "REPLACED BY",
];

export const registerKey: RegisterCommands = (program, surroundings) => {
  const group = addGroup(program, "key", "API keys");
  addMaking(group, surroundings);
  addList(group, surroundings);
  addNetworks(group, surroundings);

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

/** The commands that make a key, and show it. */
function addMaking(group: Command, surroundings: Surroundings): void {
  addCommand<CreateOptions>(group, surroundings, {
    usage: "create",
    description: "make an API key; it is shown once",
    options: (command) =>
      command
        .requiredOption("--user <email>", "who uses it")
        .requiredOption("--name <name>", "what it is for")
        .option("--permission <permission>", "what it may do, such as scan:read; may be given several times", collect)
        .option(
          "--from <network>",
          "where from, such as 192.0.2.0/24 or an address (default anywhere); several times",
          collect,
        )
        .option("--expires-days <n>", "end it after so many days (default NERVE_KEY_DAYS), or `never`", daysOrNever),
    fields: { permissions: "--permission", networks: "--from", expiresInDays: "--expires-days" },
    run: (call) =>
      useDatabase(call, async (db) => {
        const { user: email, name, permission: permissions, from: networks, expiresDays } = call.options;
        const { id: userId } = await requireUser(db, email);
        const expiresInDays = expiresDays === undefined ? undefined : toDays(expiresDays);
        const request = { userId, name, permissions, networks, expiresInDays };
        const made = await createApiKey(db, { ...request, actor: commandLine });
        return { json: made, text: describe(made) };
      }),
  });

  addCommand<{ overlap?: number }>(group, surroundings, {
    usage: "rotate",
    description: "make a key that takes another's place; it is shown once, and the old one goes on for a while",
    options: (command) =>
      command
        .argument("<id>", "the number of the old one, as the list shows it", wholeNumber)
        .option("--overlap <hours>", "how long the old one goes on (0 to 168, default 24)", wholeNumber),
    fields: { overlapHours: "--overlap" },
    run: (call) =>
      useDatabase(call, async (db) => {
        const { overlap: overlapHours } = call.options;
        const made = await rotateApiKey(db, Number(call.words[0]), { overlapHours, actor: commandLine });
        const { keyId, expiresAt } = made.replaces;
        return { json: made, text: `${describe(made)} Key ${keyId} goes on until ${formatTime(expiresAt)}.` };
      }),
  });
}

/** An empty list would open the key to everywhere; nobody is to do that by leaving an option out. */
function addNetworks(group: Command, surroundings: Surroundings): void {
  addCommand<{ from?: string[]; anywhere?: true }>(group, surroundings, {
    usage: "set-networks",
    description: "change from where an API key may be used",
    options: (command) =>
      command
        .argument("<id>", "its number, as the list shows it", wholeNumber)
        .option("--from <network>", "where from, such as 192.0.2.0/24 or an address; several times", collect)
        .option("--anywhere", "from anywhere"),
    fields: { networks: "--from" },
    run: (call) =>
      useDatabase(call, async (db) => {
        const { from = [], anywhere = false } = call.options;
        if (anywhere === from.length > 0) {
          throw new UsageError("Either --from or --anywhere says from where.", "Give one of them.");
        }
        const { id, ...key } = await setKeyNetworks(db, Number(call.words[0]), { networks: from, actor: commandLine });
        const places = key.networks.length === 0 ? "anywhere" : key.networks.join(", ");
        return { json: { keyId: id, ...key }, text: `Key ${id} can be used from ${places}.` };
      }),
  });
}

function addList(group: Command, surroundings: Surroundings): void {
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
          key.networks.join(" "),
          key.usageCount,
          key.lastUsedAt,
          key.refusedCount,
          key.expiresAt,
          key.revokedAt,
          key.replacedBy,
        ]);
        const keys = items.map(({ id: keyId, ...key }) => ({ keyId, ...key }));
        return { json: { keys, nextCursor }, text: formatTable(headings, rows) + continuation(nextCursor) };
      }),
  });
}

function describe({ key, keyId, expiresAt }: NewApiKey): string {
  const end = expiresAt === null ? "It does not expire." : `It expires ${formatTime(expiresAt)}.`;
  return `${key}\n\nKey ${keyId}. Keep it: it is not shown again. ${end}`;
}
