import { getSlaPolicy, type Severity, setSlaPolicy, severities } from "@nerve/database";
import { commandLineCaller } from "../../actor.ts";
import { addCommand, addGroup, type Call, type RegisterCommands } from "../../command.ts";
import { useDatabase } from "../../database.ts";
import { requireCompany } from "../../find-records.ts";
import { choice, type DaysOrNever, daysOrNever, toDays } from "../../options.ts";
import { formatTable } from "../../table.ts";
import { companyOption } from "./of-company.ts";

interface ShowOptions {
  readonly company?: string;
}

interface SetOptions extends ShowOptions {
  readonly severity: Severity;
  readonly days: DaysOrNever;
  readonly exploitedDays: DaysOrNever;
}

const fields = { companyId: "--company", policies: "--days, --exploited-days" };

export const registerSla: RegisterCommands = (program, surroundings) => {
  const group = addGroup(program, "sla", "how long findings may stay open");

  addCommand<ShowOptions>(group, surroundings, {
    usage: "show",
    description: "show how many days findings may stay open, by severity",
    options: (command) => command.option(...companyOption),
    fields,
    run: (call) => answer(call, (db, company) => getSlaPolicy(db, company, commandLineCaller)),
  });

  addCommand<SetOptions>(group, surroundings, {
    usage: "set",
    description: "lay down how many days findings of a severity may stay open; their due dates follow",
    options: (command) =>
      command
        .option(...companyOption)
        .addOption(choice("--severity <severity>", "of which findings", severities).makeOptionMandatory())
        .requiredOption("--days <n>", "days that they have, or never", daysOrNever)
        .requiredOption("--exploited-days <n>", "the same where they are known to be exploited", daysOrNever),
    fields,
    run: (call) =>
      answer(call, (db, company) => {
        const { severity, days, exploitedDays } = call.options;
        const policy = { severity, days: toDays(days), exploitedDays: toDays(exploitedDays) };
        return setSlaPolicy(db, { ...company, policies: [policy] }, commandLineCaller);
      }),
  });
};

type Ask = (db: Parameters<typeof getSlaPolicy>[0], company: { companyId?: number }) => ReturnType<typeof getSlaPolicy>;

function answer(call: Call<ShowOptions>, ask: Ask) {
  return useDatabase(call, async (db) => {
    const { company } = call.options;
    const policy = await ask(db, company === undefined ? {} : { companyId: (await requireCompany(db, company)).id });
    const rows = policy.policies.map(({ severity, days, exploitedDays }) => [
      severity,
      days ?? "never",
      exploitedDays ?? "never",
    ]);
    return { json: policy, text: formatTable(["SEVERITY", "DAYS", "EXPLOITED"], rows) };
  });
}
