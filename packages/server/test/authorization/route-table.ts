import { basename } from "node:path";
import type { Database, UserRole } from "@nerve/database";
import { Secret, TOTP } from "otpauth";
import {
  addFindingNote,
  confirmTwoFactor,
  createApiKey,
  createBackup,
  createSession,
  deleteCompany,
  deleteUser,
  enrolTwoFactor,
  importReport,
  decideFindings,
  listBackups,
  listRiskAcceptances,
  logSecurityEvent,
  saveLightboxScan,
  saveXasmScan,
  systemCallerFor,
} from "@nerve/database";
import {
  createTestCompany,
  createTestUser,
  testPassword,
  uniqueWord,
} from "../../../database/test/support/people/accounts.ts";
import { makeAsset, makeFinding } from "../../../database/test/support/surface/findings.ts";
import { epssOf, kevOf } from "../../../database/test/surface/support/feeds.ts";
import { linesOf, reportOf } from "../../../database/test/surface/support/reports.ts";
import type { Person } from "../support/people.ts";

/** What a request is prepared from. */
export interface Scene {
  readonly db: Database;
  readonly actor: Person;
  /** The company of everybody but the super administrator. */
  readonly companyId: number;
  /** The folder of the backups. */
  readonly backupFolder: string;
}

/** A request that succeeds for who may make it. */
interface Prepared {
  /** Fills the parameter in the address. */
  readonly id?: number | string;
  /** Fills a second one. */
  readonly keyId?: number;
  readonly noteId?: number;
  readonly body?: unknown;
  readonly query?: string;
}

/** A route, who may call it with a session, whether an API key may, and a request. Written down apart from the role matrix. */
export interface ExpectedRoute {
  readonly route: string;
  readonly roles: readonly UserRole[];
  readonly byKey: boolean;
  /** Whether it takes PostgreSQL's client programs, on PostgreSQL. */
  readonly backsUp?: true;
  readonly prepare: (scene: Scene) => Promise<Prepared>;
}

const everyone: readonly UserRole[] = ["super_admin", "admin", "analyst", "user", "company_user", "demo"];
const notDemo: readonly UserRole[] = ["super_admin", "admin", "analyst", "user", "company_user"];
const analysts: readonly UserRole[] = ["super_admin", "admin", "analyst"];
const admins: readonly UserRole[] = ["super_admin", "admin"];
const assetReaders: readonly UserRole[] = ["super_admin", "admin", "analyst", "company_user"];
const scanners: readonly UserRole[] = ["super_admin", "admin", "analyst", "user"];

async function aReport({ companyId }: Scene): Promise<Prepared> {
  const query = new URLSearchParams({ companyId: String(companyId), format: "nerve", series: uniqueWord() });
  return { query: query.toString(), body: linesOf([{ rule: "a" }]) };
}

const someScores = async (): Promise<Prepared> => ({ body: epssOf({ "CVE-2026-10001": 0.5 }) });
const someExploited = async (): Promise<Prepared> => ({ body: kevOf(["CVE-2026-10001"]) });

const nothing = async (): Promise<Prepared> => ({});
const body = (value: unknown) => async (): Promise<Prepared> => ({ body: value });
const aUser = async ({ db, companyId }: Scene) => ({ id: (await createTestUser(db, { company_id: companyId })).id });
const aUserWith = (value: unknown) => async (scene: Scene) => ({ ...(await aUser(scene)), body: value });
const itsCompany = async ({ companyId }: Scene) => ({ id: companyId });
const ofItsCompany = async ({ companyId }: Scene) => ({ query: `companyId=${companyId}` });
const itsDemand = async (scene: Scene) => ({ ...(await itsCompany(scene)), body: { graceDays: 14 } });
const aCompany = async ({ db }: Scene) => ({ id: (await createTestCompany(db)).id });
const newPassword = "quiet harbour lantern nine";

/** One that is assigned to who asks, since not everybody reaches others. */
async function aFinding({ db, actor, companyId }: Scene): Promise<Prepared> {
  return { id: (await makeFinding(db, { companyId, assignedToUserId: actor.id })).id };
}

async function aDeletedUser(scene: Scene): Promise<Prepared> {
  const user = await aUser(scene);
  await deleteUser(scene.db, { id: user.id });
  return user;
}

async function aDeletedCompany(scene: Scene): Promise<Prepared> {
  const company = await aCompany(scene);
  await deleteCompany(scene.db, { id: company.id });
  return company;
}

async function anEvent({ db, companyId }: Scene): Promise<Prepared> {
  const { id: userId } = await createTestUser(db, { company_id: companyId });
  const event = { eventType: "login_failed", severity: "low", description: "A test.", userId } as const;
  return { id: (await logSecurityEvent(db, event)).id };
}

async function aDecision({ db, companyId }: Scene): Promise<Prepared> {
  const { id } = await makeFinding(db, { companyId });
  return { body: { ids: [id], action: "confirm", reason: "Seen by hand." } };
}

const inDays = ({ db }: Scene, days: number) => new Date(db.clock.now().getTime() + days * 86_400_000);

async function anAcceptedRisk(scene: Scene): Promise<Prepared> {
  const { db, companyId } = scene;
  const ids = [(await makeFinding(db, { companyId })).id];
  await decideFindings(db, { ids, action: "accept-risk", reason: "It is alone.", until: inDays(scene, 30) });
  const { items } = await listRiskAcceptances(db, { companyId, limit: 1000 });
  return { id: Math.max(...items.map(({ id }) => id)) };
}

async function aKey({ db, actor }: Scene): Promise<Prepared> {
  return { id: (await createApiKey(db, { userId: actor.id, name: "A key" })).keyId };
}

async function aKeyOfAUser(scene: Scene): Promise<Prepared> {
  const { id } = await aUser(scene);
  return { id, keyId: (await createApiKey(scene.db, { userId: id, name: "A key" })).keyId };
}

async function aSession({ db, actor }: Scene): Promise<Prepared> {
  return { id: (await createSession(db, { userId: actor.id, ipAddress: "192.0.2.2" })).sessionId };
}

/** The name of a backup; the tests of one database share it. */
const aBackup =
  (more: object = {}) =>
  async ({ db, backupFolder: folder }: Scene): Promise<Prepared> => {
    const [known] = await listBackups(folder);
    const { backupPath } = known ?? (await createBackup(db, { folder, verify: false }));
    return { body: { name: basename(backupPath), ...more } };
  };

const anAsset = async ({ db, companyId }: Scene) => ({ id: (await makeAsset(db, { companyId })).id });

/** An import that the actor made, so that it is among their own as well. */
async function anImport({ db, actor, companyId }: Scene): Promise<Prepared> {
  const source = reportOf(linesOf([{ rule: uniqueWord() }]));
  const caller = systemCallerFor({ userId: actor.id });
  return {
    id: (await importReport(db, { companyId, source, format: "nerve", series: uniqueWord() }, caller)).importId,
  };
}

const aScan =
  (kind: "xasm" | "lightbox") =>
  async ({ db, actor }: Scene): Promise<Prepared> => {
    const scan = { scanId: uniqueWord(), target: "example.org", results: {}, userId: actor.id };
    await (kind === "xasm" ? saveXasmScan : saveLightboxScan)(db, scan);
    return { id: scan.scanId };
  };

/** The code that an authenticator shows at a time. */
export function codeAt(secret: string, time: Date): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: time.getTime() });
}

async function anEnrolment({ db, actor }: Scene): Promise<Prepared> {
  const { secret } = await enrolTwoFactor(db, actor.id);
  return { body: { code: codeAt(secret, db.clock.now()) } };
}

async function aSecondFactor(scene: Scene): Promise<Prepared> {
  const { body: code } = await anEnrolment(scene);
  await confirmTwoFactor(scene.db, scene.actor.id, {
    ...(code as { code: string }),
    exceptToken: scene.actor.token,
  });
  return {};
}

const aFindingWith =
  (value: unknown) =>
  async ({ db, companyId }: Scene): Promise<Prepared> => ({
    id: (await makeFinding(db, { companyId })).id,
    body: value,
  });

const someFindings =
  (value: object) =>
  async ({ db, companyId }: Scene): Promise<Prepared> => ({
    body: { ids: [(await makeFinding(db, { companyId })).id], ...value },
  });

async function aNote({ db, actor, companyId }: Scene): Promise<Prepared> {
  const { id } = await makeFinding(db, { companyId });
  const { id: noteId } = await addFindingNote(db, { id, body: "Looks wrong." }, systemCallerFor({ userId: actor.id }));
  return { id, noteId };
}

async function aPolicy({ companyId }: Scene): Promise<Prepared> {
  return { body: { companyId, policies: [{ severity: "high", days: 14, exploitedDays: 3 }] } };
}

const scanRoutes = (kind: "xasm" | "lightbox"): ExpectedRoute[] => [
  { route: `GET /api/${kind}/scans`, roles: everyone, byKey: true, prepare: nothing },
  { route: `GET /api/${kind}/scans/{scanId}`, roles: everyone, byKey: true, prepare: aScan(kind) },
  { route: `DELETE /api/${kind}/scans/{scanId}`, roles: scanners, byKey: true, prepare: aScan(kind) },
  {
    route: `POST /api/${kind}/scans`,
    roles: scanners,
    byKey: true,
    prepare: async () => ({ body: { scanId: uniqueWord(), target: "example.org", results: {} } }),
  },
];

export const expectedRoutes: readonly ExpectedRoute[] = [
  { route: "GET /api/auth/me", roles: everyone, byKey: true, prepare: nothing },
  { route: "PATCH /api/auth/me", roles: notDemo, byKey: false, prepare: body({ timezone: "Europe/Berlin" }) },
  { route: "GET /api/auth/account", roles: everyone, byKey: true, prepare: nothing },
  { route: "GET /api/roles", roles: everyone, byKey: true, prepare: nothing },
  { route: "POST /api/auth/sign-out", roles: everyone, byKey: false, prepare: nothing },
  { route: "POST /api/auth/reauthenticate", roles: everyone, byKey: false, prepare: body({ password: testPassword }) },
  {
    route: "POST /api/auth/password",
    roles: notDemo,
    byKey: false,
    prepare: body({ currentPassword: testPassword, newPassword }),
  },
  {
    route: "POST /api/auth/email",
    roles: notDemo,
    byKey: false,
    prepare: async () => ({ body: { email: `${uniqueWord()}@example.org` } }),
  },
  { route: "POST /api/auth/two-factor/enrol", roles: notDemo, byKey: false, prepare: nothing },
  { route: "POST /api/auth/two-factor/confirm", roles: notDemo, byKey: false, prepare: anEnrolment },
  { route: "POST /api/auth/two-factor/disable", roles: notDemo, byKey: false, prepare: aSecondFactor },
  { route: "POST /api/auth/two-factor/backup-codes", roles: notDemo, byKey: false, prepare: aSecondFactor },
  { route: "GET /api/sessions", roles: everyone, byKey: true, prepare: nothing },
  { route: "DELETE /api/sessions", roles: notDemo, byKey: false, prepare: nothing },
  {
    route: "POST /api/sessions/end-all",
    roles: admins,
    byKey: false,
    prepare: async ({ companyId }) => ({ body: { companyId } }),
  },
  { route: "DELETE /api/sessions/{id}", roles: notDemo, byKey: false, prepare: aSession },
  { route: "GET /api/keys", roles: everyone, byKey: true, prepare: nothing },
  { route: "POST /api/keys", roles: notDemo, byKey: false, prepare: body({ name: "A key" }) },
  {
    route: "PATCH /api/keys/{id}",
    roles: notDemo,
    byKey: false,
    prepare: async (scene) => ({ ...(await aKey(scene)), body: { networks: ["192.0.2.0/24"] } }),
  },
  { route: "POST /api/keys/{id}/rotate", roles: notDemo, byKey: false, prepare: aKey },
  { route: "DELETE /api/keys/{id}", roles: notDemo, byKey: false, prepare: aKey },
  { route: "GET /api/users/{id}/keys", roles: admins, byKey: true, prepare: aUser },
  { route: "DELETE /api/users/{id}/keys/{keyId}", roles: admins, byKey: true, prepare: aKeyOfAUser },
  { route: "GET /api/users", roles: admins, byKey: true, prepare: nothing },
  { route: "GET /api/users/names", roles: everyone, byKey: true, prepare: async () => ({ query: "ids=1,2" }) },
  { route: "GET /api/users/{id}", roles: admins, byKey: true, prepare: aUser },
  { route: "GET /api/users/{id}/usage", roles: admins, byKey: true, prepare: aUser },
  { route: "PATCH /api/users/{id}", roles: admins, byKey: true, prepare: aUserWith({ fullName: "Grace Hopper" }) },
  { route: "DELETE /api/users/{id}", roles: admins, byKey: true, prepare: aUser },
  {
    route: "POST /api/users",
    roles: admins,
    byKey: true,
    prepare: async () => ({ body: { email: `${uniqueWord()}@example.org`, role: "user" } }),
  },
  {
    route: "POST /api/users/{id}/email",
    roles: admins,
    byKey: false,
    prepare: async (scene) => ({ ...(await aUser(scene)), body: { email: `${uniqueWord()}@example.org` } }),
  },
  { route: "POST /api/users/{id}/role", roles: admins, byKey: false, prepare: aUserWith({ role: "analyst" }) },
  {
    route: "POST /api/users/{id}/company",
    roles: ["super_admin"],
    byKey: false,
    prepare: aUserWith({ companyId: null }),
  },
  { route: "POST /api/users/{id}/suspend", roles: admins, byKey: true, prepare: aUser },
  { route: "POST /api/users/{id}/reinstate", roles: admins, byKey: false, prepare: aUser },
  { route: "POST /api/users/{id}/unlock", roles: admins, byKey: true, prepare: aUser },
  { route: "POST /api/users/{id}/restore", roles: admins, byKey: false, prepare: aDeletedUser },
  { route: "POST /api/users/{id}/password-reset", roles: admins, byKey: true, prepare: aUser },
  { route: "POST /api/users/{id}/password-link", roles: admins, byKey: false, prepare: aUser },
  { route: "POST /api/users/{id}/two-factor-reset", roles: admins, byKey: false, prepare: aUser },
  { route: "GET /api/companies", roles: admins, byKey: true, prepare: nothing },
  { route: "GET /api/companies/{id}", roles: admins, byKey: true, prepare: itsCompany },
  {
    route: "PATCH /api/companies/{id}",
    roles: admins,
    byKey: true,
    prepare: async (scene) => ({ ...(await itsCompany(scene)), body: { name: "Example" } }),
  },
  {
    route: "POST /api/companies",
    roles: ["super_admin"],
    byKey: true,
    prepare: async () => ({ body: { name: "Example", primaryDomain: `${uniqueWord()}.example` } }),
  },
  { route: "DELETE /api/companies/{id}", roles: ["super_admin"], byKey: true, prepare: aCompany },
  { route: "POST /api/companies/{id}/restore", roles: ["super_admin"], byKey: true, prepare: aDeletedCompany },
  { route: "POST /api/companies/{id}/two-factor", roles: admins, byKey: false, prepare: itsDemand },
  { route: "DELETE /api/companies/{id}/two-factor", roles: admins, byKey: false, prepare: itsCompany },
  { route: "GET /api/security/events", roles: analysts, byKey: true, prepare: nothing },
  { route: "POST /api/security/events/{id}/acknowledge", roles: analysts, byKey: true, prepare: anEvent },
  { route: "GET /api/security/login-attempts", roles: analysts, byKey: true, prepare: nothing },
  { route: "GET /metrics", roles: ["super_admin"], byKey: true, prepare: nothing },
  { route: "GET /api/audit", roles: admins, byKey: true, prepare: nothing },
  { route: "GET /api/health/deep", roles: admins, byKey: true, prepare: nothing },
  { route: "GET /api/operations/backups", roles: ["super_admin"], byKey: true, prepare: nothing },
  {
    route: "POST /api/operations/backups",
    roles: ["super_admin"],
    byKey: true,
    backsUp: true,
    prepare: body({ verify: false }),
  },
  {
    route: "POST /api/operations/backups/verify",
    roles: ["super_admin"],
    byKey: true,
    backsUp: true,
    prepare: aBackup(),
  },
  {
    route: "POST /api/operations/restore",
    roles: ["super_admin"],
    byKey: false,
    backsUp: true,
    prepare: aBackup({ confirm: true }),
  },
  { route: "POST /api/operations/optimize", roles: ["super_admin"], byKey: true, prepare: body({ vacuum: false }) },
  { route: "GET /api/operations/performance", roles: ["super_admin"], byKey: true, prepare: nothing },
  { route: "GET /api/operations/migrations", roles: ["super_admin"], byKey: true, prepare: nothing },
  { route: "POST /api/imports", roles: analysts, byKey: true, prepare: aReport },
  { route: "POST /api/imports/{id}/confirm", roles: analysts, byKey: true, prepare: anImport },
  { route: "POST /api/imports/{id}/undo", roles: analysts, byKey: false, prepare: anImport },
  { route: "POST /api/feeds/epss", roles: ["super_admin"], byKey: true, prepare: someScores },
  { route: "POST /api/feeds/kev", roles: ["super_admin"], byKey: true, prepare: someExploited },
  { route: "GET /api/formats", roles: everyone, byKey: true, prepare: nothing },
  ...scanRoutes("xasm"),
  ...scanRoutes("lightbox"),
  { route: "GET /api/assets", roles: assetReaders, byKey: true, prepare: ofItsCompany },
  { route: "GET /api/assets/{id}", roles: assetReaders, byKey: true, prepare: anAsset },
  {
    route: "PATCH /api/assets/{id}",
    roles: analysts,
    byKey: true,
    prepare: async (scene) => ({ ...(await anAsset(scene)), body: { criticality: 3 } }),
  },
  {
    route: "POST /api/assets/merge",
    roles: analysts,
    byKey: true,
    prepare: async (scene) => ({ body: { ...(await anAsset(scene)), fromId: (await anAsset(scene)).id } }),
  },
  {
    route: "POST /api/assets/tags",
    roles: analysts,
    byKey: true,
    prepare: async (scene) => ({ body: { ids: [(await anAsset(scene)).id], add: ["exposed"] } }),
  },
  ...["", "/facets", "/top-assets", "/top-rules"].map((list) => ({
    route: `GET /api/findings${list}`,
    roles: everyone,
    byKey: true,
    prepare: ofItsCompany,
  })),
  {
    route: "GET /api/findings/export",
    roles: everyone,
    byKey: true,
    prepare: async ({ companyId }) => ({ query: `format=csv&companyId=${companyId}` }),
  },
  ...["", "/history", "/locations", "/notes", "/evidence", "/related", "/identity"].map((part) => ({
    route: `GET /api/findings/{id}${part}`,
    roles: everyone,
    byKey: true,
    prepare: aFinding,
  })),
  { route: "GET /api/imports", roles: everyone, byKey: true, prepare: ofItsCompany },
  { route: "GET /api/imports/{id}", roles: everyone, byKey: true, prepare: anImport },
  { route: "GET /api/imports/{id}/changes", roles: everyone, byKey: true, prepare: anImport },
  { route: "POST /api/findings/assignments", roles: analysts, byKey: true, prepare: someFindings({ userId: null }) },
  { route: "POST /api/findings/tags", roles: analysts, byKey: true, prepare: someFindings({ add: ["exposed"] }) },
  {
    route: "PATCH /api/findings/{id}",
    roles: analysts,
    byKey: true,
    prepare: aFindingWith({ severity: "low", reason: "It is harmless." }),
  },
  {
    route: "POST /api/findings/{id}/notes",
    roles: analysts,
    byKey: true,
    prepare: aFindingWith({ body: "Looked at." }),
  },
  { route: "DELETE /api/findings/{id}/notes/{noteId}", roles: analysts, byKey: true, prepare: aNote },
  { route: "GET /api/sla-policy", roles: admins, byKey: true, prepare: ofItsCompany },
  { route: "PUT /api/sla-policy", roles: admins, byKey: true, prepare: aPolicy },
  { route: "POST /api/findings/decisions", roles: analysts, byKey: true, prepare: aDecision },
  { route: "GET /api/risk-acceptances", roles: everyone, byKey: true, prepare: ofItsCompany },
  { route: "POST /api/risk-acceptances/{id}/revoke", roles: admins, byKey: false, prepare: anAcceptedRisk },
  {
    route: "POST /api/risk-acceptances/{id}/replace",
    roles: admins,
    byKey: false,
    prepare: async (scene) => ({ ...(await anAcceptedRisk(scene)), body: { until: inDays(scene, 60) } }),
  },
];
