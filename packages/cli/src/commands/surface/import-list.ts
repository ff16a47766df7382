import { listImports } from "@nerve/database";
import type { RegisterCommands } from "../../command.ts";
import { offer } from "../../offer.ts";
import { ofCompany } from "./of-company.ts";

/** Adds `nerve import list`. */
export const addImportList: RegisterCommands = (group, surroundings) => {
  offer(group, surroundings, "list", listImports, {
    description: "list the reports that were imported, newest first",
    given: { companyId: ofCompany, seriesId: { as: "--series <id>", about: "of this repeated scan" } },
    name: "imports",
    columns: {
      ID: ({ importId }) => importId,
      STARTED: ({ startedAt }) => startedAt,
      STATUS: ({ status }) => status,
      SOURCE: ({ source }) => source,
      SERIES: ({ series }) => series,
      FILE: ({ fileName }) => fileName,
      FINDINGS: ({ findings }) => findings,
      NEW: ({ created }) => created,
      CLOSED: ({ closed }) => closed,
      HELD: ({ held }) => held,
    },
  });
};
