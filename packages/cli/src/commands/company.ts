import { createCompany } from "@nerve/database";
import { commandLineCaller } from "../actor.ts";
import { addCommand, addGroup, type RegisterCommands } from "../command.ts";
import { useDatabase } from "../database.ts";
import { wholeNumber } from "../options.ts";
import { printableLine } from "../printable.ts";

interface CreateOptions {
  readonly name: string;
  readonly domain: string;
  readonly seats?: number;
}

export const registerCompany: RegisterCommands = (program, surroundings) => {
  const group = addGroup(program, "company", "companies");

  addCommand<CreateOptions>(group, surroundings, {
    usage: "create",
    description: "make a company",
    options: (command) =>
      command
        .requiredOption("--name <name>", "its name")
        .requiredOption("--domain <domain>", "its primary domain, such as example.org")
        .option("--seats <n>", "how many users it may have (default 1)", wholeNumber),
    fields: { primaryDomain: "--domain", maxSeats: "--seats" },
    run: (call) =>
      useDatabase(call, async (db) => {
        const { name, domain: primaryDomain, seats: maxSeats } = call.options;
        const company = await createCompany(db, { name, primaryDomain, maxSeats }, commandLineCaller);
        const { id, primaryDomain: domain } = company;
        return { json: company, text: printableLine(`Company ${id} has been made: ${company.name} (${domain}).`) };
      }),
  });
};
