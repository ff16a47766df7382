import { updateAsset } from "@nerve/database";
import type { RegisterCommands } from "../../../command.ts";
import { requireUser } from "../../../find-records.ts";
import { offer } from "../../../offer.ts";

/** Adds `nerve asset update`. */
export const addAssetUpdate: RegisterCommands = (group, surroundings) => {
  offer(group, surroundings, "update <id>", updateAsset, {
    description: "change how much an asset matters, who answers for it, and whether it counts",
    given: {
      criticality: { about: "how much it matters; 2 is the usual" },
      ownerUserId: {
        as: "--owner <email>",
        about: "who answers for it",
        find: async (db, email) => (await requireUser(db, email)).id,
      },
      status: { about: "whether it counts; a host takes its services along" },
      reason: { as: "--reason <text>", about: "why it is ignored" },
    },
    say: ({ id, name, status, criticality, openFindings }) =>
      `Asset ${id} (${name}) is ${status}, of criticality ${criticality}, with ${openFindings} open findings.`,
  });
};
