import { countFindings, type FindingCount } from "@nerve/database";
import type { RegisterCommands } from "../../../command.ts";
import { offer } from "../../../offer.ts";
import { filterOptions } from "./filter-options.ts";

/** Adds the command that counts findings. */
export const addFindingCounts: RegisterCommands = (group, surroundings) => {
  offer(group, surroundings, "counts", countFindings, {
    description: "count findings by status, severity and source",
    given: filterOptions,
    say: describe,
  });
};

function describe({ total, more, status, severity, source, exploited }: FindingCount): string {
  if (total === 0 && !more) return "There are none.";
  const sources = Object.fromEntries(source.map((one) => [one.source, one.findings]));
  return [
    `${total} findings${more ? " of the first 10,000, and there are more" : ""}.`,
    `Status: ${listed(status)}.`,
    `Severity: ${listed(severity)}.`,
    `Source: ${listed(sources)}.`,
    `Known to be exploited: ${exploited}.`,
  ].join(" ");
}

/** The numbers that are not 0, with their words. */
function listed(counts: Readonly<Record<string, number>>): string {
  const found = Object.entries(counts).filter(([, findings]) => findings > 0);
  return found.map(([word, findings]) => `${word} ${findings}`).join(", ");
}
