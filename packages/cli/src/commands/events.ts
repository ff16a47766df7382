import { getSecurityEvents, severities, type Severity } from "@nerve/database";
import { addCommand, type RegisterCommands } from "../command.ts";
import { useDatabase } from "../database.ts";
import { addPageOptions, choice, continuation, jsonText, type PageOptions, wholeNumber } from "../options.ts";
import { formatTable } from "../table.ts";

interface EventOptions extends PageOptions {
  readonly severity?: Severity;
  readonly type?: string;
  readonly hours?: number;
  readonly metadata?: NonNullable<NonNullable<Parameters<typeof getSecurityEvents>[1]>["metadata"]>;
}

export const registerEvents: RegisterCommands = (program, surroundings) => {
  addCommand<EventOptions>(program, surroundings, {
    usage: "events",
    description: "list security events, newest first",
    options: (command) =>
      addPageOptions(
        command
          .addOption(choice("--severity <severity>", "of this severity only", severities))
          .option("--type <type>", "of this type only, such as login_failed")
          .option("--hours <n>", "of the last so many hours (default 24)", wholeNumber)
          .option("--metadata <json>", `whose JSON holds these members, such as '{"keyId":7}'`, jsonText),
      ),
    fields: { eventType: "--type" },
    run: (call) =>
      useDatabase(call, async (db) => {
        const { severity, type: eventType, hours, metadata, limit, cursor } = call.options;
        const filter = { severity, eventType, hours, metadata, limit, cursor };
        const { items, nextCursor } = await getSecurityEvents(db, filter);
        const rows = items.map((event) => [
          event.createdAt,
          event.severity,
          event.eventType,
          event.email,
          event.ipAddress,
          event.description,
        ]);
        const table = formatTable(["TIME", "SEVERITY", "TYPE", "E-MAIL", "ADDRESS", "DESCRIPTION"], rows);
        return { json: { events: items, nextCursor }, text: table + continuation(nextCursor) };
      }),
  });
};
