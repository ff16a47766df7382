import { type FindingDetails, getFinding } from "@nerve/database";
import type { RegisterCommands } from "../../../command.ts";
import { offer } from "../../../offer.ts";

/** Adds the command that shows a finding. */
export const addFindingShow: RegisterCommands = (group, surroundings) => {
  offer(group, surroundings, "show <id>", getFinding, {
    description: "show a finding with what its rule says; --json tells all",
    say: describe,
  });
};

function describe(finding: FindingDetails): string {
  const { id, title, severity, status, statusReason, asset, rule, source, cves, dueAt, acceptance } = finding;
  const { remediation } = rule;
  const until = acceptance === null ? "" : ` until ${acceptance.expiresAt.toISOString()}`;
  return [
    `Finding ${id}: ${title}, ${severity}, ${status}${until}${statusReason === null ? "" : ` (${statusReason})`}.`,
    `It is on ${asset.name}; ${source} found it by ${rule.key}.`,
    ...(cves.length === 0 ? [] : [`Known as ${cves.join(", ")}.`]),
    ...(dueAt === null ? [] : [`Due ${dueAt.toISOString()}.`]),
    ...(remediation === null || remediation === "" ? [] : [`What helps: ${remediation}`]),
  ].join(" ");
}
