import { listUsers, userRoles, userStatuses, type UserRole, type UserStatus } from "@nerve/database";
import { addCommand, type RegisterCommands } from "../command.ts";
import { useDatabase } from "../database.ts";
import { requireCompany } from "../find-records.ts";
import { addPageOptions, choice, continuation, type PageOptions } from "../options.ts";
import { formatTable } from "../table.ts";
import { summarize } from "../user-summary.ts";

interface ListOptions extends PageOptions {
  readonly role?: UserRole;
  readonly status?: UserStatus;
  readonly search?: string;
  readonly includeDeleted?: true;
  readonly company?: string;
}

const headings = ["ID", "E-MAIL", "ROLE", "STATUS", "COMPANY", "NAME", "LAST SIGN-IN"];

export const addUserList: RegisterCommands = (group, surroundings) => {
  addCommand<ListOptions>(group, surroundings, {
    usage: "list",
    description: "list users, newest first",
    options: (command) =>
      addPageOptions(
        command
          .option("--company <domain>", "of the company with this domain only")
          .addOption(choice("--role <role>", "of this role only", userRoles))
          .addOption(choice("--status <status>", "of this status only", userStatuses))
          .option("--search <text>", "whose address or name holds this text")
          .option("--include-deleted", "deleted users, too"),
      ),
    run: (call) =>
      useDatabase(call, async (db) => {
        const { company, role, status, search, includeDeleted, limit, cursor } = call.options;
        const companyId = company === undefined ? undefined : (await requireCompany(db, company)).id;
        const page = await listUsers(db, { companyId, role, status, search, includeDeleted, limit, cursor });
        const users = page.items.map(summarize);
        const rows = users.map((user) => [
          user.id,
          user.email,
          user.role,
          user.status,
          user.companyId,
          user.fullName,
          user.lastLoginAt,
        ]);
        const text = formatTable(headings, rows) + continuation(page.nextCursor);
        return { json: { users, nextCursor: page.nextCursor }, text };
      }),
  });
};
