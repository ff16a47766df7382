import type { UserRole } from "../schema/core.ts";

/**
 * Whose records a role reaches with a permission:
 * - `all`: every company's
 * - `company`: those of its own company; an admin without a company reaches all, anybody else without one only their own
 * - `own`: its own
 * - `all-without-company`: every company's, for accounts that belong to no company; others do not have the permission
 */
export type Reach = "all" | "company" | "own" | "all-without-company";

/** A line of the role matrix. A role that is not named does not have the permission. */
export interface Permission {
  /** What it allows, for the docs. */
  readonly allows: string;
  /** Whether an API key may carry it; otherwise it takes a session. */
  readonly byKey: boolean;
  readonly roles: Readonly<Partial<Record<UserRole, Reach>>>;
}

const everyone = {
  super_admin: "own",
  admin: "own",
  analyst: "own",
  user: "own",
  company_user: "own",
  demo: "own",
} as const satisfies Permission["roles"];

const { demo: _, ...everyoneButDemo } = everyone;
const administrators = { super_admin: "all", admin: "company" } as const satisfies Permission["roles"];
const analysts = { ...administrators, analyst: "company" } as const satisfies Permission["roles"];

/**
 * Who may do what. The only place that says so: routes name a permission, and a route that names none keeps the server
 * from starting. docs/ROLES.md is made from it.
 */
export const roleMatrix = {
  "account:read": { allows: "See one's own account", byKey: true, roles: everyone },
  "account:sign-out": { allows: "Sign out", byKey: false, roles: everyone },
  "account:reauthenticate": { allows: "Enter one's password again", byKey: false, roles: everyone },
  "account:change": { allows: "Change one's own profile and password", byKey: false, roles: everyoneButDemo },
  "account:two-factor": { allows: "Set up one's own second factor", byKey: false, roles: everyoneButDemo },
  "session:read": { allows: "List sessions", byKey: true, roles: { ...everyone, ...administrators } },
  "session:end": { allows: "End sessions", byKey: false, roles: { ...everyoneButDemo, ...administrators } },
  "session:end-all": { allows: "End everybody's sessions", byKey: false, roles: administrators },
  "key:read": { allows: "List one's own API keys", byKey: true, roles: everyone },
  "key:write": { allows: "Make, change and revoke one's own API keys", byKey: false, roles: everyoneButDemo },
  "key:manage": { allows: "See and revoke the API keys of users", byKey: true, roles: administrators },
  "user:read": { allows: "See users", byKey: true, roles: administrators },
  "user:name": {
    allows: "See the names of users by their ids",
    byKey: true,
    roles: { ...analysts, user: "company", company_user: "company", demo: "own" },
  },
  "user:write": {
    allows: "Create, change, suspend and delete users, none of a role above one's own",
    byKey: true,
    roles: administrators,
  },
  "company:read": { allows: "See companies", byKey: true, roles: administrators },
  "company:write": { allows: "Change a company's name and billing address", byKey: true, roles: administrators },
  "company:two-factor": {
    allows: "Demand a second factor of a company's users, and waive what no higher role demanded",
    byKey: false,
    roles: administrators,
  },
  "company:manage": {
    allows: "Create and delete companies, and change their domains, seats and subscription",
    byKey: true,
    roles: { super_admin: "all", admin: "all-without-company" },
  },
  "security:read": { allows: "Read security events and sign-in attempts", byKey: true, roles: analysts },
  "security:write": { allows: "Acknowledge security events", byKey: true, roles: analysts },
  "audit:read": { allows: "Read the audit log", byKey: true, roles: administrators },
  "metrics:read": { allows: "Read the metrics", byKey: true, roles: { super_admin: "all" } },
  "health:read": { allows: "Check the database thoroughly", byKey: true, roles: administrators },
  "operations:read": {
    allows: "See backups, migrations and the times of queries",
    byKey: true,
    roles: { super_admin: "all" },
  },
  "operations:write": {
    allows: "Make and verify backups, and optimise the database",
    byKey: true,
    roles: { super_admin: "all" },
  },
  "operations:restore": {
    allows: "Put a backup in the database's place",
    byKey: false,
    roles: { super_admin: "all" },
  },
  "scan:read": {
    allows: "Read scans and their results",
    byKey: true,
    roles: { ...everyone, ...analysts, company_user: "company" },
  },
  "scan:import": {
    allows: "Import reports of scanners, and close what an import held back",
    byKey: true,
    roles: analysts,
  },
  "scan:undo": { allows: "Take imports back", byKey: false, roles: analysts },
  "finding:read": {
    allows: "Read findings, and the imports that they come from",
    byKey: true,
    roles: { ...analysts, company_user: "company", user: "own", demo: "own" },
  },
  "asset:read": { allows: "Read assets", byKey: true, roles: { ...analysts, company_user: "company" } },
  "asset:write": {
    allows: "Change how much assets matter, ignore them and merge them",
    byKey: true,
    roles: analysts,
  },
  "finding:decide": {
    allows: "Decide on findings, assign, tag and rate them, and write notes",
    byKey: true,
    roles: analysts,
  },
  "surface:configure": {
    allows: "See and lay down how long findings may stay open",
    byKey: true,
    roles: administrators,
  },
  "risk:accept": {
    allows: "Accept the risk of findings, and end and replace what was accepted",
    byKey: false,
    roles: administrators,
  },
  "feed:write": {
    allows: "Load what is known of the exploitation of weaknesses",
    byKey: true,
    roles: { super_admin: "all" },
  },
  "scan:write": { allows: "Store and delete scans", byKey: true, roles: { ...analysts, user: "own" } },
} as const satisfies Record<string, Permission>;

export type PermissionName = keyof typeof roleMatrix;

/** The permissions that an API key may carry. */
export const keyPermissions = Object.entries(roleMatrix)
  .filter(([, { byKey }]) => byKey)
  .map(([name]) => name) as [PermissionName, ...PermissionName[]];
