import { listFindings } from "@nerve/database";
import type { RegisterCommands } from "../../../command.ts";
import { offer } from "../../../offer.ts";
import { filterOptions } from "./filter-options.ts";

/** Adds the command that lists findings. */
export const addFindingList: RegisterCommands = (group, surroundings) => {
  offer(group, surroundings, "list", listFindings, {
    description: "list findings, the greatest risk first",
    given: filterOptions,
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
