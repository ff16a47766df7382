import {
  type Database,
  getUser,
  reinstateUser,
  requireUser as findUser,
  revokeAllUserSessions,
  suspendUser,
  unlockUserAccount,
  type User,
} from "@nerve/database";
import { commandLine as actor } from "../../actor.ts";
import { addCommand, type RegisterCommands } from "../../command.ts";
import { useDatabase } from "../../database.ts";
import { requireUser } from "../../find-records.ts";
import { offer } from "../../offer.ts";
import { printableLine } from "../../printable.ts";
import { byEmail, summarize } from "./summary.ts";

interface TellingCommand {
  readonly name: string;
  readonly description: string;
  /** Does it, and tells what there is to tell beside the user. */
  readonly act: (db: Database, user: User) => Promise<{ text: string; more: object }>;
}

/** Commands that tell more than the user as it then is, which the operations do not. */
const tellingCommands: readonly TellingCommand[] = [
  {
    name: "unlock",
    description: "lift a lock, and forget the failed sign-ins until now, so that the user can sign in from anywhere",
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
  offer(group, surroundings, "show <email>", findUser, {
    description: "show an account, and until when sign-in to it is refused",
    given: { id: byEmail },
    say: ({ email, role, status, lockedUntil, signInRefusedUntil }) =>
      [
        `${email} (${role}) is ${status}.`,
        ...(lockedUntil === null ? [] : [`Locked until ${lockedUntil.toISOString()}.`]),
        ...(signInRefusedUntil === null
          ? []
          : [`After failed sign-ins, new ones are refused until ${signInRefusedUntil.toISOString()}.`]),
      ].join(" "),
    show: summarize,
  });
  offer(group, surroundings, "suspend <email>", suspendUser, {
    description: "keep a user from signing in, end the sessions and revoke the API keys, until reinstated",
    given: { id: byEmail, reason: { as: "--reason <text>" } },
    say: ({ email }) => `${email} is suspended.`,
    show: summarize,
  });
  offer(group, surroundings, "reinstate <email>", reinstateUser, {
    description: "let a suspended user sign in again",
    given: { id: byEmail },
    say: ({ email }) => `${email} may sign in.`,
    show: summarize,
  });
  for (const { name, description, act } of tellingCommands) {
    addCommand(group, surroundings, {
      usage: `${name} <email>`,
      description,
      run: (call) =>
        useDatabase(call, async (db) => {
          const user = await requireUser(db, call.words[0] ?? "");
          const { text, more } = await act(db, user);
          const now = (await getUser(db, user.id)) ?? user;
          return { json: { ...summarize(now), ...more }, text: printableLine(`${now.email} ${text}.`) };
        }),
    });
  }
};
