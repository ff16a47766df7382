import { createCompany, listCompanies } from "@nerve/database";
import { addGroup, type RegisterCommands } from "../command.ts";
import { offer } from "../offer.ts";

export const registerCompany: RegisterCommands = (program, surroundings) => {
  const group = addGroup(program, "company", "companies");

  offer(group, surroundings, "create", createCompany, {
    description: "make a company",
    given: {
      name: { about: "its name" },
      primaryDomain: { as: "--domain <domain>", about: "its primary domain, such as example.org" },
      additionalDomains: { as: "--additional-domain <domain>", about: "another domain; may be given several times" },
      maxSeats: { as: "--seats", about: "how many users it may have" },
    },
    say: ({ id, name, primaryDomain }) => `Company ${id} has been made: ${name} (${primaryDomain}).`,
  });

  offer(group, surroundings, "list", listCompanies, {
    description: "list companies, newest first",
    given: {
      search: { about: "whose name or primary domain holds this text" },
      includeDeleted: { about: "deleted companies, too" },
    },
    name: "companies",
    columns: {
      ID: ({ id }) => id,
      NAME: ({ name }) => name,
      DOMAIN: ({ primaryDomain }) => primaryDomain,
      SEATS: ({ maxSeats }) => maxSeats,
      MADE: ({ createdAt }) => createdAt,
    },
  });
};
