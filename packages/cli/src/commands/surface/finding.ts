import { listFindings } from "@nerve/database";
import { addGroup, type RegisterCommands } from "../../command.ts";
import { requireCompany, requireUser } from "../../find-records.ts";
import { offer } from "../../offer.ts";

export const registerFinding: RegisterCommands = (program, surroundings) => {
  const group = addGroup(program, "finding", "what scanners found");

  offer(group, surroundings, "list", listFindings, {
    description: "list findings, the greatest risk first",
    given: {
      companyId: {
        as: "--company <domain>",
        about: "a domain of the company; needed where there are several",
        find: async (db, domain) => (await requireCompany(db, domain)).id,
      },
      assetId: { as: "--asset <id>", about: "of this asset" },
      ruleId: { as: "--rule <id>", about: "of this rule" },
      assignedTo: {
        as: "--assigned-to <email>",
        about: "assigned to this user",
        find: async (db, email) => (await requireUser(db, email)).id,
      },
      overdue: { about: "whose due date is past" },
    },
    name: "findings",
    columns: {
      ID: ({ id }) => id,
      RISK: ({ risk }) => risk,
      SEVERITY: ({ severity }) => severity,
      STATUS: ({ status }) => status,
      DUE: ({ dueAt }) => dueAt,
      ASSET: ({ assetName }) => assetName,
      SOURCE: ({ source }) => source,
      TITLE: ({ title }) => title,
    },
  });
};
