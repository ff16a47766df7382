export type { Company } from "./company.ts";
export { companyFields } from "./company-fields.ts";
export { createCompany } from "./create-company.ts";
export { deleteCompany, restoreCompany } from "./delete-company.ts";
export { demandTwoFactor, waiveTwoFactor } from "./demand-two-factor.ts";
export { findCompanyByDomain, getCompany, listCompanies, requireCompany } from "./find-companies.ts";
export { updateCompany } from "./update-company.ts";
