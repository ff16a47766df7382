import { listAssets } from "@nerve/database";
import type { RegisterCommands } from "../../../command.ts";
import { offer } from "../../../offer.ts";
import { ofCompany } from "../of-company.ts";

/** Adds `nerve asset list`. */
export const addAssetList: RegisterCommands = (group, surroundings) => {
  offer(group, surroundings, "list", listAssets, {
    description: "list assets, those with the most open findings first, or by name",
    given: { companyId: ofCompany, name: { about: "whose name begins with this text" } },
    name: "assets",
    columns: {
      ID: ({ id }) => id,
      KIND: ({ kind }) => kind,
      NAME: ({ name }) => name,
      STATUS: ({ status }) => status,
      CRITICALITY: ({ criticality }) => criticality,
      OPEN: ({ openFindings }) => openFindings,
      WORST: ({ worstSeverity }) => worstSeverity,
      SEEN: ({ lastSeenAt }) => lastSeenAt,
    },
  });
};
