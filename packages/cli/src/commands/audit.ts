import { getAuditLogs } from "@nerve/database";
import type { RegisterCommands } from "../command.ts";
import { offer } from "../offer.ts";

export const registerAudit: RegisterCommands = (program, surroundings) => {
  offer(program, surroundings, "audit", getAuditLogs, {
    description: "list the audit log, newest first",
    given: {
      userId: { about: "what this user did" },
      action: { about: "such as user_suspended" },
      resourceType: { about: "the table of what was acted on" },
      resourceId: { about: "the id of what was acted on" },
    },
    name: "entries",
    columns: {
      TIME: ({ createdAt }) => createdAt,
      ACTION: ({ action }) => action,
      USER: ({ userId }) => userId,
      TABLE: ({ resourceType }) => resourceType,
      ID: ({ resourceId }) => resourceId,
      ADDRESS: ({ ipAddress }) => ipAddress,
      DESCRIPTION: ({ description }) => description,
    },
  });
};
