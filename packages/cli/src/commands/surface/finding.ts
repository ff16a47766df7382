import { listFindings } from "@nerve/database";
import { addGroup, type RegisterCommands } from "../../command.ts";
import { requireUser } from "../../find-records.ts";
import { offer } from "../../offer.ts";
import { ofCompany } from "./of-company.ts";

export const registerFinding: RegisterCommands = (program, surroundings) => {
  const group = addGroup(program, "finding", "what scanners found");

  offer(group, surroundings, "list", listFindings, {
    description: "list findings, the greatest risk first",
    given: {
      companyId: ofCompany,
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
