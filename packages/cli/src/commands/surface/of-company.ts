import { requireCompany } from "../../find-records.ts";
import type { Given } from "../../offer.ts";

/** The company whose findings and assets a command is about. */
export const ofCompany: Given = {
  as: "--company <domain>",
  about: "a domain of the company; needed where there are several",
  find: async (db, domain) => (await requireCompany(db, domain)).id,
};
