import { requireUser } from "../../../find-records.ts";
import type { Given } from "../../../offer.ts";
import { ofCompany } from "../of-company.ts";

interface FilterOptions extends Readonly<Record<"companyId" | "assetId" | "ruleId" | "overdue", Given>> {
  readonly assignedTo: Given & Required<Pick<Given, "find">>;
}

/** How what narrows findings is given, where its own name does not do. */
export const filterOptions: FilterOptions = {
  companyId: ofCompany,
  assetId: { as: "--asset <id>", about: "of this asset" },
  ruleId: { as: "--rule <id>", about: "of this rule" },
  assignedTo: {
    as: "--assigned-to <email>",
    about: "assigned to this user",
    find: async (db, email) => (await requireUser(db, email)).id,
  },
  overdue: { about: "whose due date is past" },
};
