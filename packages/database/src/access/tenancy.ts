import type { TableName } from "../schema/tables.ts";

/** The table that a row belongs to a company through, and the column that leads there. */
interface ByParent {
  readonly by: TableName;
  /** Column of this table, in SQL. */
  readonly through: string;
  /** Column of the parent that it refers to, in SQL. */
  readonly to: string;
}

/** How a row belongs to a company: by a column of its own, by the row of another table, or not at all. */
export type Tenancy = { readonly own: string } | ByParent | "global";

const own: Tenancy = { own: "company_id" };
const by = (table: TableName, through: string, to = "id"): Tenancy => ({ by: table, through, to });

/**
 * How the rows of each table belong to a company. The only list: the predicate of reach, the policies of PostgreSQL and the
 * suites of attacks are made from it, and a table without an answer does not compile.
 */
export const tenancy: Readonly<Record<TableName, Tenancy>> = {
  companies: { own: "id" },
  users: own,
  password_reset_links: by("users", "user_id"),
  known_devices: by("users", "user_id"),
  queued_mails: by("users", "user_id"),
  sessions: by("users", "user_id"),
  audit_logs: own,
  password_history: by("users", "user_id"),
  login_attempts: own,
  api_keys: by("users", "user_id"),
  security_events: own,
  ghost_search_queries: own,
  monitored_emails: own,
  monitored_email_findings: by("monitored_emails", "monitored_email_id"),
  uploaded_breach_files: own,
  breach_file_results: by("uploaded_breach_files", "uploaded_file_id"),
  profiles: own,
  social_media: own,
  breaches: own,
  devices: own,
  github_findings: own,
  pastebin_findings: own,
  opsych_search_results: own,
  asm_scans: own,
  cached_asm_scans: own,
  lightbox_findings: own,
  lightbox_scans: own,
  xasm_scan_history: own,
  lightbox_scan_history: own,
  scan_results_xasm: own,
  scan_results_lightbox: own,
  scan_series: own,
  scan_imports: own,
  assets: own,
  asset_names: own,
  asset_coverage: own,
  finding_rules: own,
  asset_checks: own,
  risk_acceptances: own,
  findings: own,
  finding_locations: own,
  finding_cves: own,
  finding_evidence: own,
  finding_change_sets: own,
  finding_history: own,
  finding_notes: own,
  surface_tags: own,
  surface_tag_links: own,
  sla_policies: own,
  finding_counts: own,
  import_changes: own,
  epss_scores: "global",
  kev_entries: "global",
  feeds: "global",
  digest_keys: "global",
  compliance_assessments: own,
  compliance_controls: by("compliance_assessments", "assessment_id"),
  compliance_evidence: by("compliance_controls", "control_id"),
  vulnerability_reports: own,
  roadmap_profiles: own,
  roadmap_tasks: "global",
  roadmap_user_tasks: by("roadmap_profiles", "profile_id"),
  roadmap_achievements: by("roadmap_profiles", "profile_id"),
  roadmap_progress_history: by("roadmap_profiles", "profile_id"),
  roadmap_task_library_meta: "global",
  bait_tokens: own,
  bait_accesses: by("bait_tokens", "bait_id"),
  uploaded_files: own,
  uploaded_credentials: by("uploaded_files", "upload_id", "upload_id"),
};
