import { getImport } from "@nerve/database";
import type { RegisterCommands } from "../../command.ts";
import { offer } from "../../offer.ts";

/** Adds `nerve import show`. */
export const addImportShow: RegisterCommands = (group, surroundings) => {
  offer(group, surroundings, "show <id>", getImport, {
    description: "show an import with its receipt",
    say: ({ importId, status, tool, scannedAt, findings, created, reactivated, closed, held, rejected, warnings }) =>
      [
        `Import ${importId} is ${status}: ${tool}, scanned ${scannedAt.toISOString()}.`,
        `Findings ${findings}: ${created} new, ${reactivated} back, ${closed} resolved.`,
        ...(held === 0 ? [] : [`Closing ${held} waits for \`nerve import confirm ${importId}\`.`]),
        ...(rejected === 0 ? [] : [`Records refused: ${rejected}.`]),
        ...warnings.map((warning) => `Warning: ${warning}.`),
      ].join(" "),
  });
};
