import {
  type Database,
  getUser,
  reinstateUser,
  revokeAllUserSessions,
  suspendUser,
  unlockUserAccount,
  type User,
} from "@nerve/database";
import { commandLine, commandLineCaller } from "../actor.ts";
import { addCommand, type RegisterCommands } from "../command.ts";
import { useDatabase } from "../database.ts";
import { requireUser } from "../find-records.ts";
import { printableLine } from "../printable.ts";
import { summarize } from "../user-summary.ts";

interface AccessCommand {
  readonly name: string;
  readonly description: string;
  /** Does it, and tells what there is to tell beside the user. */
  readonly act: (db: Database, user: User, options: { reason?: string }) => Promise<{ text: string; more?: object }>;
  readonly takesReason?: true;
}

const actor = commandLine;

const commands: readonly AccessCommand[] = [
  {
    name: "suspend",
    description: "keep a user from signing in, end the sessions and revoke the API keys, until reinstated",
    takesReason: true,
    async act(db, { id }, { reason }) {
      await suspendUser(db, { id, reason }, commandLineCaller);
      return { text: "is suspended" };
    },
  },
  {
    name: "reinstate",
    description: "let a suspended user sign in again",
    async act(db, { id }) {
      await reinstateUser(db, { id }, commandLineCaller);
      return { text: "may sign in" };
    },
  },
  {
    name: "unlock",
    description: "lift the lock that failed sign-ins brought",
    async act(db, { id }) {
      const unlocked = await unlockUserAccount(db, id, { actor });
      return { text: unlocked ? "is unlocked" : "was not locked", more: { unlocked } };
    },
  },
  {
    name: "end-sessions",
    description: "sign a user out everywhere",
    async act(db, { id }) {
      const sessionsEnded = await revokeAllUserSessions(db, id, { actor });
      return { text: `is signed out: ${sessionsEnded} sessions ended`, more: { sessionsEnded } };
    },
  },
];

/** Adds the commands that decide whether a user gets in. */
export const addUserAccess: RegisterCommands = (group, surroundings) => {
  for (const { name, description, act, takesReason } of commands) {
    addCommand<{ reason?: string }>(group, surroundings, {
      usage: `${name} <email>`,
      description,
      options: (command) =>
        takesReason === undefined ? command : command.option("--reason <text>", "why, for the audit log"),
      run: (call) =>
        useDatabase(call, async (db) => {
          const user = await requireUser(db, call.words[0] ?? "");
          const { text, more } = await act(db, user, call.options);
          const now = (await getUser(db, user.id)) ?? user;
          return { json: { ...summarize(now), ...more }, text: printableLine(`${now.email} ${text}.`) };
        }),
    });
  }
};
