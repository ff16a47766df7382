import { createCompany, demandTwoFactor, listCompanies, waiveTwoFactor } from "@nerve/database";
import { addGroup, type RegisterCommands } from "../command.ts";
import { requireCompany } from "../find-records.ts";
import { type Given, offer } from "../offer.ts";

const byDomain: Given = {
  as: "<domain>",
  about: "a domain of the company",
  find: async (db, domain) => (await requireCompany(db, domain)).id,
};

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

  offer(group, surroundings, "require-two-factor <domain>", demandTwoFactor, {
    description: "demand a second factor of a company's users",
    given: { id: byDomain, graceDays: { about: "days that its users have" } },
    say: ({ name, twoFactorGraceDays }) =>
      `${name} demands a second factor, after ${twoFactorGraceDays} days of grace.`,
  });

  offer(group, surroundings, "waive-two-factor <domain>", waiveTwoFactor, {
    description: "take back that a company demands a second factor of its users",
    given: { id: byDomain },
    say: ({ name }) => `${name} demands no second factor. What the installation demands stays demanded.`,
  });
};
