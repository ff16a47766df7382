import { changeUserRole, resetUserTwoFactor, setUserEmail, setUserPassword } from "@nerve/database";
import { commandLineCaller } from "../../actor.ts";
import { addCommand, type RegisterCommands } from "../../command.ts";
import { useDatabase } from "../../database.ts";
import { requireUser } from "../../find-records.ts";
import { offer } from "../../offer.ts";
import { readPassword } from "./password.ts";
import { passwordLinkFor } from "./password-link.ts";
import { printableLine, printableText } from "../../printable.ts";
import { byEmail, summarize } from "./summary.ts";

interface ResetOptions {
  readonly passwordStdin?: true;
}

/** Adds the ways back for somebody who lost a password or a second factor, and the command that gives a role. */
export const addUserRecovery: RegisterCommands = (group, surroundings) => {
  addCommand<ResetOptions>(group, surroundings, {
    usage: "reset-password <email>",
    description: "print a link with which the user sets a password; with --password-stdin, set one to be changed",
    options: (command) => command.option("--password-stdin", "read a password from standard input in place of a link"),
    fields: { password: "The password" },
    run: async (call) => {
      const password = call.options.passwordStdin === true ? await readPassword(call.context) : undefined;
      return useDatabase(call, async (db) => {
        const user = await requireUser(db, call.words[0] ?? "");
        if (password === undefined) {
          const { link, expiresAt, text } = await passwordLinkFor(call, db, user.id);
          return { json: { ...summarize(user), link, linkExpiresAt: expiresAt }, text: printableText(text) };
        }
        const changed = await setUserPassword(db, { id: user.id, password }, commandLineCaller);
        const text = `${changed.email} signs in with it, and then chooses another. Sessions and API keys have ended.`;
        return { json: summarize(changed), text: printableLine(text) };
      });
    },
  });

  offer(group, surroundings, "reset-two-factor <email>", resetUserTwoFactor, {
    description: "take a lost second factor from a user, who can then enrol again; sessions end",
    given: { id: byEmail },
    say: ({ email }) => `${email} signs in with the password alone.`,
    show: summarize,
  });

  offer(group, surroundings, "set-email <email> <new>", setUserEmail, {
    description: "give a user another address at once, without a mail that confirms it; sessions end",
    given: { id: byEmail, email: { as: "<new>", about: "the new address, which you vouch for" } },
    say: ({ email }) => `${email} is the address of the account now.`,
    show: summarize,
  });

  offer(group, surroundings, "set-role <email> <role>", changeUserRole, {
    description: "give a user another role",
    given: { id: byEmail, expiresAt: { about: "when the account ends; a demo needs it" } },
    say: ({ email, role }) => `${email} is ${role} now.`,
    show: summarize,
  });
};
