export type { Company } from "./company.ts";
export { companyFields } from "./company-fields.ts";
export { createCompany, type NewCompany } from "./create-company.ts";
export { deleteCompany, restoreCompany } from "./delete-company.ts";
export { type CompanyQuery, findCompanyByDomain, getCompany, listCompanies } from "./find-companies.ts";
export { type CompanyChanges, updateCompany } from "./update-company.ts";
