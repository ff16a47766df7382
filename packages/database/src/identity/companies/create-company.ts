import { changed } from "../../operation/changed.ts";
import { changing } from "../../operation/operation.ts";
import { rowOf } from "../../rows/index.ts";
import { insertRow } from "../../rows/insert-row.ts";
import { companies } from "../../schema/core.ts";
import { requireOwnDomains } from "./company-domains.ts";
import { newCompanyFields } from "./company-fields.ts";

/**
 * Makes a company. Unless told otherwise it may have as many domains as it is given, the primary one counted.
 *
 * @returns the company
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {ConflictError} CONFLICT when a domain belongs to another company, a deleted one included
 * @example
 * const company = await createCompany(db, { name: "Example", primaryDomain: "created.example", maxSeats: 20 });
 */
export const createCompany = changing({
  summary: "Create a company",
  permission: "company:manage",
  input: newCompanyFields,
  output: rowOf(companies),
  async run(tx, fields) {
    const maxDomains = fields.maxDomains ?? fields.additionalDomains.length + 1;
    await requireOwnDomains(tx, 0, { ...fields, maxDomains });
    const company = await insertRow(tx, companies, { ...fields, maxDomains });
    return changed(company, { action: "company_created", on: companies, id: company.id, companyId: company.id });
  },
});
