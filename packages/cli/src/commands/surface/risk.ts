import { listRiskAcceptances, revokeRiskAcceptance } from "@nerve/database";
import { addGroup, type RegisterCommands } from "../../command.ts";
import { offer } from "../../offer.ts";
import { filterOptions } from "./finding/filter-options.ts";
import { ofCompany } from "./of-company.ts";

export const registerRisk: RegisterCommands = (program, surroundings) => {
  const group = addGroup(program, "risk", "risks that were accepted");

  offer(group, surroundings, "list", listRiskAcceptances, {
    description: "list accepted risks, what ends soonest first",
    given: {
      companyId: ofCompany,
      state: { about: "what has become of them" },
      ownerUserId: { as: "--owner <email>", about: "that this user answers for", find: filterOptions.assignedTo.find },
    },
    name: "acceptances",
    columns: {
      ID: ({ id }) => id,
      ENDS: ({ expiresAt }) => expiresAt,
      STATE: ({ state }) => state,
      "UP TO": ({ maxSeverity }) => maxSeverity,
      FINDINGS: ({ findings }) => findings,
      REASON: ({ reason }) => reason,
    },
  });

  offer(group, surroundings, "revoke <id>", revokeRiskAcceptance, {
    given: { reason: { about: "why" } },
    say: ({ id, opened }) => `Acceptance ${id} has ended; ${opened} findings are open again.`,
  });
};
