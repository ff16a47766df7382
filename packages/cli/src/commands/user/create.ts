import {
  ConflictError,
  createUser,
  type Database,
  generateSecureToken,
  listUsers,
  normalizeEmail,
  userRoles,
  type UserRole,
} from "@nerve/database";
import { commandLine, commandLineCaller } from "../../actor.ts";
import { addCommand, type RegisterCommands } from "../../command.ts";
import { useDatabase } from "../../database.ts";
import { requireCompany } from "../../find-records.ts";
import { choice, daysFromNow, wholeNumber } from "../../options.ts";
import { readPassword } from "./password.ts";
import { UsageError } from "../../failure.ts";
import { passwordLinkFor } from "./password-link.ts";
import { printableLine, printableText } from "../../printable.ts";
import { summarize } from "./summary.ts";

interface CreateOptions {
  readonly email: string;
  readonly role: UserRole;
  readonly company?: string;
  readonly fullName?: string;
  readonly expiresDays?: number;
  readonly passwordStdin?: true;
  readonly invite?: true;
}

/** Whether the user gets a link in place of a password. */
function isInvited({ invite, passwordStdin }: CreateOptions): boolean {
  if (invite === passwordStdin) {
    throw new UsageError(
      "Either --password-stdin or --invite is needed.",
      "With --invite, the user sets a password with the link that it prints. See `nerve user create --help`.",
    );
  }
  return invite === true;
}

export const addUserCreate: RegisterCommands = (group, surroundings) => {
  addCommand<CreateOptions>(group, surroundings, {
    usage: "create",
    description: "make an account; who uses it signs in at once, and then chooses another password",
    options: (command) =>
      command
        .requiredOption("--email <email>", "the address to sign in with")
        .addOption(choice("--role <role>", "what the user may do", userRoles).makeOptionMandatory())
        .option("--password-stdin", "read the password from standard input")
        .option("--invite", "print a link with which the user sets a password, in place of giving one")
        .option("--company <domain>", "the company that the user belongs to, by one of its domains")
        .option("--full-name <name>", "the user's name")
        .option("--expires-days <n>", "end the account after so many days; a demo needs it", wholeNumber),
    fields: { password: "The password", expiresAt: "--expires-days", companyId: "--company" },
    run: async (call) => {
      const { email, role, company, fullName, expiresDays } = call.options;
      // A password that nobody has seen, until the invitation is used.
      const password = isInvited(call.options) ? generateSecureToken() : await readPassword(call.context);
      return useDatabase(call, async (db) => {
        const making = createUser(db, {
          email,
          password,
          role,
          fullName,
          // Whoever typed it knows it: it opens the account once, to choose another.
          mustChangePassword: call.options.invite !== true,
          // Whoever makes the account on the machine itself vouches for the address.
          emailVerified: true,
          companyId: company === undefined ? undefined : (await requireCompany(db, company)).id,
          expiresAt: expiresDays === undefined ? undefined : daysFromNow(db.clock, expiresDays),
          actor: commandLine,
        });
        const user = await making.catch(async (error: unknown) => {
          throw await nameTaken(db, error, email);
        });
        const made = `User ${user.id} has been made: ${user.email} (${role}).`;
        if (call.options.invite !== true) return { json: summarize(user), text: printableLine(made) };
        const { link, expiresAt, text } = await passwordLinkFor(call, db, user.id);
        return {
          json: { ...summarize(user), link, linkExpiresAt: expiresAt },
          text: printableText(`${made}\n\n${text}`),
        };
      });
    },
  });
};

/** An address that is taken: whoever runs the command may know by whom. */
async function nameTaken(db: Database, error: unknown, email: string): Promise<unknown> {
  if (!(error instanceof ConflictError) || error.field !== "email") return error;
  const address = normalizeEmail(email);
  const { items } = await listUsers(db, { search: address, includeDeleted: true }, commandLineCaller);
  const owner = items.find((user) => user.email === address);
  if (owner === undefined) return error;
  const state = owner.deletedAt === null ? owner.status : "deleted";
  return new ConflictError("CONFLICT", {
    field: "email",
    message: `User ${owner.id} has the address ${address} already (${owner.role}, ${state}).`,
    help: "Choose another address, or change that user; `nerve user --help` lists how.",
    cause: error,
  });
}
