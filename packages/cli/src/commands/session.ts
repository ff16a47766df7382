import { endAllSessions } from "@nerve/database";
import { addGroup, type RegisterCommands } from "../command.ts";
import { requireCompany } from "../find-records.ts";
import { offer } from "../offer.ts";

export const registerSession: RegisterCommands = (program, surroundings) => {
  const group = addGroup(program, "session", "sessions");

  offer(group, surroundings, "end-all", endAllSessions, {
    description: "sign everybody out, or everybody in a company; `nerve user end-sessions` for one user",
    given: {
      companyId: {
        as: "--company <domain>",
        about: "only users of the company that has the domain",
        find: async (db, domain) => (await requireCompany(db, domain)).id,
      },
    },
    without: ["exceptToken"],
    say: ({ ended }) => `Sessions ended: ${ended}. API keys go on: \`nerve key revoke\` ends one.`,
  });
};
