import { listUsers } from "@nerve/database";
import type { RegisterCommands } from "../../command.ts";
import { requireCompany } from "../../find-records.ts";
import { offer } from "../../offer.ts";
import { summarize } from "./summary.ts";

export const addUserList: RegisterCommands = (group, surroundings) => {
  offer(group, surroundings, "list", listUsers, {
    description: "list users, newest first",
    given: {
      companyId: {
        as: "--company <domain>",
        about: "of the company with this domain only",
        find: async (db, domain) => (await requireCompany(db, domain)).id,
      },
      role: { about: "of this role only" },
      status: { about: "of this status only" },
      search: { about: "whose address or name holds this text" },
      includeDeleted: { about: "deleted users, too" },
    },
    name: "users",
    show: summarize,
    columns: {
      ID: ({ id }) => id,
      "E-MAIL": ({ email }) => email,
      ROLE: ({ role }) => role,
      STATUS: ({ status }) => status,
      "REFUSED UNTIL": ({ signInRefusedUntil }) => signInRefusedUntil,
      COMPANY: ({ companyId }) => companyId,
      NAME: ({ fullName }) => fullName,
      "LAST SIGN-IN": ({ lastLoginAt }) => lastLoginAt,
    },
  });
};
