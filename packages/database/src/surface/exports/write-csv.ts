import type { ExportedFinding, ExportedLocation } from "./exported-finding.ts";
import { placeDetail } from "./place-detail.ts";

/** Most places that a cell names. */
const mostPlaces = 20;

type Cell = string | number | boolean | Date | null;

/** What stands under each heading. */
const columns: Readonly<Record<string, (exported: ExportedFinding) => Cell>> = {
  id: ({ finding }) => finding.id,
  source: ({ finding }) => finding.source,
  rule: ({ rule }) => rule.key,
  rule_title: ({ rule }) => rule.title,
  kind: ({ finding }) => finding.findingKind,
  title: ({ finding }) => finding.title,
  severity: ({ finding }) => finding.severity,
  reported_severity: ({ finding }) => finding.reportedSeverity,
  status: ({ finding }) => finding.status,
  reason: ({ finding }) => finding.statusReason,
  risk: ({ finding }) => finding.risk,
  score: ({ finding }) => finding.score,
  vector: ({ finding }) => finding.vector,
  cves: ({ cves }) => cves.join(" "),
  cwes: ({ rule }) => (rule.cwes ?? []).join(" "),
  known_exploited: ({ finding }) => finding.knownExploited,
  epss: ({ finding }) => finding.epss,
  asset_kind: ({ finding }) => finding.assetKind,
  asset: ({ finding }) => finding.assetName,
  places: ({ locations }) => locations.slice(0, mostPlaces).map(placeOf).join("\n"),
  number_of_places: ({ locations }) => locations.length,
  tags: ({ tags }) => tags.join(" "),
  assigned_to: ({ finding }) => finding.assignedToUserId,
  opened_at: ({ finding }) => finding.openedAt,
  changed_at: ({ finding }) => finding.changedAt,
  due_at: ({ finding }) => finding.dueAt,
  resolved_at: ({ finding }) => finding.resolvedAt,
  remediation: ({ rule }) => rule.remediation,
};

const writers = Object.values(columns);

/** The first line of the CSV. */
export const csvHeadings = lineOfCells(Object.keys(columns));

/** Writes a finding as a row of RFC 4180, every cell in quotes. */
export function csvRowOf(exported: ExportedFinding): string {
  return lineOfCells(writers.map((write) => textOf(write(exported))));
}

function lineOfCells(cells: readonly string[]): string {
  return `${cells.map((cell) => `"${guarded(cell).replaceAll('"', '""')}"`).join(",")}\r\n`;
}

function textOf(value: Cell): string {
  if (value === null) return "";
  return value instanceof Date ? value.toISOString() : String(value);
}

/** Keeps programs for tables from taking a text for a formula. */
function guarded(cell: string): string {
  return /^[=+\-@\t\r\n\u{FF1D}\u{FF0B}\u{FF0D}\u{FF20}]/u.test(cell) ? `'${cell}` : cell;
}

function placeOf(location: ExportedLocation): string {
  const { url, method, parameter, filePath, startLine, component, version } = location;
  const file = filePath === null ? null : startLine === null ? filePath : `${filePath}:${startLine}`;
  const parts = [method, url, parameter, component, version, file, placeDetail(location).address];
  return parts.filter((part) => part !== null && part !== undefined && part !== "").join(" ");
}
