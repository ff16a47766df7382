import { acknowledgeSecurityEvent, getSecurityEvents } from "@nerve/database";
import { addGroup, type RegisterCommands } from "../command.ts";
import { offer } from "../offer.ts";

export const registerEvents: RegisterCommands = (program, surroundings) => {
  offer(program, surroundings, "events", getSecurityEvents, {
    description: "list security events, newest first",
    given: {
      severity: { about: "of this severity only" },
      eventType: { as: "--type <type>", about: "of this type only, such as login_failed" },
      metadata: { about: `whose JSON holds these members, such as '{"keyId":7}'` },
      acknowledged: { about: "only those that somebody has seen" },
      hours: { about: "of the last so many hours; 24 unless told" },
    },
    name: "events",
    columns: {
      TIME: ({ createdAt }) => createdAt,
      SEVERITY: ({ severity }) => severity,
      TYPE: ({ eventType }) => eventType,
      "E-MAIL": ({ email }) => email,
      ADDRESS: ({ ipAddress }) => ipAddress,
      DESCRIPTION: ({ description }) => description,
    },
  });

  const group = addGroup(program, "event", "one security event");
  offer(group, surroundings, "acknowledge <id>", acknowledgeSecurityEvent, {
    say: ({ id, eventType }) => `Event ${id} (${eventType}) is acknowledged.`,
  });
};
