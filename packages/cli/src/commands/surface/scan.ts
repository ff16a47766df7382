import { inspectReport, reportFile, type ReportInspection } from "@nerve/database";
import { addCommand, addGroup, type RegisterCommands } from "../../command.ts";
import { exitCodes } from "../../failure.ts";
import { printableLine } from "../../printable.ts";
import { formatTable, shortened } from "../../table.ts";

/** What is told of a finding. */
interface FindingSample {
  readonly severity: string;
  readonly rule: { readonly key: string };
  readonly title: string;
}

interface InspectOptions {
  readonly format?: string;
}

export const registerScan: RegisterCommands = (program, surroundings) => {
  const group = addGroup(program, "scan", "reports of scanners, as they are");
  addCommand<InspectOptions>(group, surroundings, {
    usage: "inspect <file>",
    description: "tell what a report is and holds; needs no database, and stores nothing",
    options: (command) => command.option("--format <name>", "which format it has; found out unless told", "auto"),
    async run({ words: [file = ""], options: { format = "auto" } }) {
      const inspection = await inspectReport(await reportFile(file), { format });
      const exitCode = inspection.survey.outcome === "read" ? exitCodes.done : exitCodes.no;
      return { json: inspection, text: describe(inspection).join("\n"), exitCode };
    },
  });
};

function describe({ survey, counts, samples }: ReportInspection): string[] {
  const { format, tool, toolVersion, startedAt, outcome, coverage, rejects, rejected, warnings } = survey;
  const about = [
    ["FORMAT", format],
    ["TOOL", `${tool} ${toolVersion}`.trim()],
    ["SCANNED", startedAt],
    ["OUTCOME", outcome],
    ["COVERS", coverage.kind === "named" ? `${coverage.targets.length} targets` : coverage.kind],
    ["RECORDS", counts.records],
    ["FINDINGS", counts.findings],
    ...Object.entries(counts.severity).map(([severity, count]) => [`  ${severity}`, count]),
    ["RULES", counts.rules],
    ["REJECTED", rejected],
  ];
  const findings = samples.finding.map((sample) => {
    const { severity, rule, title } = sample as unknown as FindingSample;
    return [severity, shortened(rule.key), shortened(title)];
  });
  return [
    formatTable(["REPORT", ""], about),
    ...(findings.length === 0 ? [] : ["", formatTable(["SEVERITY", "RULE", "THE FIRST FINDINGS"], findings)]),
    ...(coverage.reason === undefined ? [] : ["", printableLine(`It closes nothing: ${coverage.reason}.`)]),
    ...[...rejects.map(({ place, reason }) => `${place}: ${reason}`), ...warnings].map(printableLine),
  ];
}
