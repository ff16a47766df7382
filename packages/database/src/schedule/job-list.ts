import type { MaintenancePeriod } from "./periods.ts";

/** A job of the upkeep. */
export interface MaintenanceJob {
  readonly name: JobName;
  readonly period: MaintenancePeriod;
  /** What it does, in a sentence. */
  readonly description: string;
}

/** Every job there is, in the order in which they run. The only list: schedule, docs and metrics are made from it. */
const jobs = [
  {
    name: "expired-sessions",
    period: "hourly",
    description: "Deactivates expired sessions, and deletes them 30 days later.",
  },
  { name: "expired-api-keys", period: "hourly", description: "Deactivates expired API keys." },
  {
    name: "expired-ai-scans",
    period: "hourly",
    description: "Deletes scan results that were kept for a report, 48 hours after they came.",
  },
  {
    name: "expired-uploads",
    period: "hourly",
    description: "Deletes uploaded credentials at their expiry, or 24 hours after they came.",
  },
  {
    name: "expired-links",
    period: "hourly",
    description:
      "Deletes links to choose a new password, invitations among them, and known devices whose time is over.",
  },
  {
    name: "lock-ends",
    period: "hourly",
    description: "Shortens locks of accounts that a clock which was wrong has dated ahead.",
  },
  {
    name: "imports",
    period: "hourly",
    description: "Goes on with imports whose process died, and deletes reports that are left over.",
  },
  { name: "rate-limits", period: "hourly", description: "Deletes counts of rate limits whose window has ended." },
  {
    name: "risk-acceptances",
    period: "hourly",
    description: "Ends acceptances of risks whose time is over, and opens their findings again.",
  },
  {
    name: "backup",
    period: "daily",
    description: "Makes a backup, verifies it unless that is turned off, and deletes those that are too old.",
  },
  {
    name: "health-check",
    period: "daily",
    description: "Reads the whole database to find damage, and rows that refer to nothing.",
  },
  {
    name: "scan-history",
    period: "daily",
    description: "Deletes old scans from the histories, and counts what users and companies store.",
  },
  {
    name: "security-log",
    period: "daily",
    description: "Deletes old attempts to sign in and security events; critical ones that nobody acknowledged stay.",
  },
  {
    name: "optimize",
    period: "weekly",
    description: "Frees unused space, rebuilds indexes and renews the statistics that queries are planned by.",
  },
  {
    name: "surface-upkeep",
    period: "weekly",
    description:
      "Compares the counts of findings with the findings, and deletes evidence of what was resolved and locations that were gone a year ago.",
  },
  { name: "purge", period: "weekly", description: "Deletes for good what was soft-deleted long ago." },
  {
    name: "audit-rotation",
    period: "monthly",
    description: "Moves old rows of the audit log into signed archives.",
  },
] as const satisfies readonly { name: string; period: MaintenancePeriod; description: string }[];

/** The name of a job. */
export type JobName = (typeof jobs)[number]["name"];

export const maintenanceJobs: readonly MaintenanceJob[] = jobs;
