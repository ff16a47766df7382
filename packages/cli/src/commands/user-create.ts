import { createUser, userRoles, type UserRole } from "@nerve/database";
import { commandLine } from "../actor.ts";
import { addCommand, type RegisterCommands } from "../command.ts";
import { useDatabase } from "../database.ts";
import { requireCompany } from "../find-records.ts";
import { choice, daysFromNow, wholeNumber } from "../options.ts";
import { readPassword } from "../password.ts";
import { printableLine } from "../printable.ts";
import { summarize } from "../user-summary.ts";

interface CreateOptions {
  readonly email: string;
  readonly role: UserRole;
  readonly company?: string;
  readonly fullName?: string;
  readonly expiresDays?: number;
  readonly mustChangePassword?: true;
}

export const addUserCreate: RegisterCommands = (group, surroundings) => {
  addCommand<CreateOptions>(group, surroundings, {
    usage: "create",
    description: "make an account; who uses it may sign in at once",
    options: (command) =>
      command
        .requiredOption("--email <email>", "the address to sign in with")
        .addOption(choice("--role <role>", "what the user may do", userRoles).makeOptionMandatory())
        .requiredOption("--password-stdin", "read the password from standard input")
        .option("--company <domain>", "the company that the user belongs to, by one of its domains")
        .option("--full-name <name>", "the user's name")
        .option("--expires-days <n>", "end the account after so many days; a demo needs it", wholeNumber)
        .option("--must-change-password", "have the user choose another password at the first sign-in"),
    fields: { password: "The password", expiresAt: "--expires-days", companyId: "--company" },
    run: async (call) => {
      const { email, role, company, fullName, expiresDays, mustChangePassword } = call.options;
      const password = await readPassword(call.context);
      return useDatabase(call, async (db) => {
        const user = await createUser(db, {
          email,
          password,
          role,
          fullName,
          mustChangePassword,
          // Whoever makes the account on the machine itself vouches for the address.
          emailVerified: true,
          companyId: company === undefined ? undefined : (await requireCompany(db, company)).id,
          expiresAt: expiresDays === undefined ? undefined : daysFromNow(db.clock, expiresDays),
          actor: commandLine,
        });
        return {
          json: summarize(user),
          text: printableLine(`User ${user.id} has been made: ${user.email} (${role}).`),
        };
      });
    },
  });
};
