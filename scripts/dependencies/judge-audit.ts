/** Within how many days a weakness of a dependency is mended, from the day on which it was first seen. */
export const daysToMend = { critical: 2, high: 7, moderate: 30, low: 90, info: 365 } as const;
export type AuditSeverity = keyof typeof daysToMend;

/** A weakness that was seen and is not mended yet: `known-advisories.json`. */
export interface KnownAdvisory {
  /** Its address, as `npm audit` gives it. */
  readonly url: string;
  /** The day on which it was first seen: `2026-11-27`. */
  readonly since: string;
  /** Why it is not mended, or what keeps it from mattering. */
  readonly why: string;
}

/** What the gate says. */
export type AuditVerdict =
  | { readonly kind: "good"; readonly waiting: readonly string[] }
  | { readonly kind: "bad"; readonly faults: readonly string[] }
  | { readonly kind: "unknown"; readonly reason: string };

interface Advisory {
  readonly url: string;
  readonly title: string;
  readonly severity: AuditSeverity;
  readonly name: string;
}

/**
 * Judges what `npm audit --json` answered. A registry that does not answer is no good answer: then nobody knows.
 *
 * @param output what npm wrote
 * @param known weaknesses that were seen before
 * @param today the day of the judgement
 */
export function judgeAudit(output: string, known: readonly KnownAdvisory[], today: Date): AuditVerdict {
  const report = readReport(output);
  if (typeof report === "string") return { kind: "unknown", reason: report };
  const verdicts = report.map((advisory) => judge(advisory, known, today));
  const gone = known.filter(({ url }) => !report.some((advisory) => advisory.url === url));
  const faults = [
    ...verdicts.filter(({ isFault }) => isFault).map(({ text }) => text),
    ...gone.map(({ url }) => `${url} is listed as known and is not there any more: take it off the list.`),
  ];
  if (faults.length > 0) return { kind: "bad", faults };
  return { kind: "good", waiting: verdicts.map(({ text }) => text) };
}

function judge({ url, title, severity, name }: Advisory, known: readonly KnownAdvisory[], today: Date) {
  const what = `${severity}: ${name}: ${title} (${url})`;
  const entry = known.find((candidate) => candidate.url === url);
  if (entry === undefined) {
    const rule = `mend it, or list it as known from today on, for at most ${daysToMend[severity]} days`;
    return { isFault: true, text: `${what}: ${rule}` };
  }
  const end = new Date(`${entry.since}T00:00:00Z`).getTime() + daysToMend[severity] * 86_400_000;
  const isLate = !(today.getTime() < end);
  const day = Number.isNaN(end) ? "a day that is none" : new Date(end).toISOString().slice(0, 10);
  return { isFault: isLate, text: `${what}: ${isLate ? "should have been" : "has to be"} mended by ${day}` };
}

/** The advisories of a report, each once; a text where there is none. */
function readReport(output: string): Advisory[] | string {
  const report = parse(output);
  if (report === undefined) return "npm answered nothing that could be read";
  const { vulnerabilities, message, error } = report;
  if (vulnerabilities === undefined) {
    return message ?? error?.summary ?? "npm answered no report";
  }
  const direct = Object.values(vulnerabilities).flatMap(({ via }) =>
    via.filter((cause): cause is Advisory => typeof cause !== "string"),
  );
  return [...new Map(direct.map((advisory) => [advisory.url, advisory])).values()];
}

interface Report {
  readonly vulnerabilities?: Readonly<Record<string, { readonly via: readonly (string | Advisory)[] }>>;
  readonly message?: string;
  readonly error?: { readonly summary?: string };
}

function parse(output: string): Report | undefined {
  try {
    const value: unknown = JSON.parse(output);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
