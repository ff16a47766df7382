import type { Given } from "../../offer.ts";
import { requireCompany } from "../../find-records.ts";

/** How the company is named that a command is about, as an option of commander's. */
export const companyOption = ["--company <domain>", "a domain of the company; needed where there are several"] as const;

const [as, about] = companyOption;

/** The company whose findings and assets a command is about. */
export const ofCompany: Given = { as, about, find: async (db, domain) => (await requireCompany(db, domain)).id };
