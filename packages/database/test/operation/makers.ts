import type { Handle } from "../../src/database/handle.ts";
import * as nerve from "../../src/index.ts";
import { alterTestUser, createTestCompany, createTestUser, uniqueWord } from "../support/people/accounts.ts";
import { makeAsset, makeFinding } from "../support/surface/findings.ts";

/** The company whose records are made, and somebody who belongs to it and owns what is somebody's own. */
export interface World {
  readonly companyId: number;
  readonly ownerId: number;
}

/** Makes what an operation needs to succeed, and its input. */
type Maker = (db: Handle, world: World) => Promise<Readonly<Record<string, unknown>>>;

async function member(db: Handle, { companyId }: World): Promise<{ id: number }> {
  return { id: (await createTestUser(db, { company_id: companyId })).id };
}

/** A company of its own without users, since one that has any cannot be deleted. */
async function company(db: Handle): Promise<{ id: number }> {
  return { id: (await createTestCompany(db)).id };
}

async function xasmScan(db: Handle, { ownerId }: World) {
  const scan = { scanId: uniqueWord(), target: "example.org", results: {}, userId: ownerId };
  await nerve.saveXasmScan(db, scan);
  return { scanId: scan.scanId };
}

async function lightboxScan(db: Handle, { ownerId }: World) {
  const scan = { scanId: uniqueWord(), target: "example.org", results: {}, userId: ownerId };
  await nerve.saveLightboxScan(db, scan);
  return { scanId: scan.scanId };
}

const newScan: Maker = async () => ({ scanId: uniqueWord(), target: "example.org", results: {} });

/** Imports so many findings, as all that there are in a series. */
async function importFindings(db: Handle, { companyId }: World, series: string, count: number) {
  const lines = Array.from({ length: count }, (_, index) => ({
    kind: "finding",
    rule: `${series}-${index}`,
    asset: "https://www.example.org",
    severity: "low",
  }));
  const source = {
    async *open() {
      yield new TextEncoder().encode(lines.map((line) => JSON.stringify(line)).join("\n"));
    },
  };
  const { importId } = await nerve.importReport(db, { companyId, format: "nerve", series, source, complete: true });
  return { id: importId };
}

const scanImport: Maker = (db, world) => importFindings(db, world, uniqueWord(), 1);

/** An import after which so much would be gone that somebody has to confirm it. */
async function heldImport(db: Handle, world: World) {
  const series = uniqueWord();
  await importFindings(db, world, series, 20);
  return importFindings(db, world, series, 0);
}

async function asset(db: Handle, { companyId }: World): Promise<{ id: number }> {
  return { id: (await makeAsset(db, { companyId })).id };
}

/** A finding that is assigned to the owner. */
async function finding(db: Handle, { companyId, ownerId }: World) {
  return { id: (await makeFinding(db, { companyId, assignedToUserId: ownerId })).id };
}

async function session(db: Handle, { ownerId }: World) {
  const made = await nerve.createSession(db, { userId: ownerId, ipAddress: "192.0.2.7" });
  return { id: made.sessionId };
}

/** Makes a key, the only one of its user: there are suites that make more than a user may hold. */
async function onlyKey(db: Handle, userId: number): Promise<number> {
  await nerve.revokeAllUserApiKeys(db, userId);
  return (await nerve.createApiKey(db, { userId, name: "Nightly" })).keyId;
}

let policiesSet = 0;
/** Imports a finding that is open. */
async function openFinding(db: Handle, world: World): Promise<number> {
  const series = uniqueWord();
  await importFindings(db, world, series, 1);
  const { items } = await nerve.listFindings(db, { companyId: world.companyId, search: `${series}-0` });
  return (items[0] as { id: number }).id;
}

const inDays = (db: Handle, days: number) => new Date(db.clock.now().getTime() + days * 86_400_000);

/** Accepts the risk of a finding for a month. */
async function acceptance(db: Handle, world: World): Promise<{ id: number }> {
  const id = await openFinding(db, world);
  const until = inDays(db, 30);
  await nerve.decideFindings(db, { ids: [id], action: "accept-risk", reason: "It is behind a wall.", until });
  const { items } = await nerve.listFindings(db, { companyId: world.companyId, status: "accepted", sort: "changed" });
  return { id: items.find((one) => one.id === id)?.riskAcceptanceId as number };
}

const newAddress = () => `${uniqueWord()}@example.org`;

/**
 * How each operation that changes something, names a record or needs an input is called with success: the record is made in the company of the
 * world. An operation that is missing here, or is no more, fails the suite.
 */
export const makers: Readonly<Record<string, Maker>> = {
  acknowledgeSecurityEvent: async (db, { ownerId: userId }) => {
    const event = { eventType: "test", severity: "low", description: "Something.", userId } as const;
    const { id } = await nerve.logSecurityEvent(db, event);
    return { id };
  },
  addFindingNote: async (db, world) => ({ ...(await finding(db, world)), body: "Looked at." }),
  addUser: async () => ({ email: newAddress(), role: "user" }),
  assignFindings: async (db, world) => ({ ids: [(await finding(db, world)).id], userId: null }),
  changeOwnEmail: async () => ({ email: newAddress() }),
  setUserEmail: async (db, world) => ({ ...(await member(db, world)), email: newAddress() }),
  changeUserEmail: async (db, world) => ({ ...(await member(db, world)), email: newAddress() }),
  changeUserRole: async (db, world) => ({ ...(await member(db, world)), role: "analyst" }),
  createCompany: async () => ({ name: "New", primaryDomain: `${uniqueWord()}.example` }),
  createOwnApiKey: async () => ({ name: "Nightly" }),
  decideFindings: async (db, world) => ({ ids: [await openFinding(db, world)], action: "confirm", reason: "Seen." }),
  deleteCompany: company,
  deleteLightboxScan: lightboxScan,
  deleteFindingNote: async (db, world) => {
    const { id } = await finding(db, world);
    const { id: noteId } = await nerve.addFindingNote(db, { id, body: "Looks wrong." });
    return { id, noteId };
  },
  demandTwoFactor: company,
  deleteUser: member,
  confirmClosures: heldImport,
  deleteXasmScan: xasmScan,
  endAllSessions: async (db, world) => {
    await session(db, world);
    return {};
  },
  endOtherSessions: async (db, world) => {
    await session(db, world);
    return {};
  },
  endSession: session,
  explainIdentity: finding,
  getFinding: finding,
  getFindingEvidence: finding,
  getFindingHistory: finding,
  getFindingLocations: finding,
  getFindingNotes: finding,
  getRelatedFindings: finding,
  getLightboxScanById: lightboxScan,
  getAsset: asset,
  getImport: scanImport,
  getImportChanges: scanImport,
  getUserNames: async (_db, { ownerId }) => ({ ids: [ownerId] }),
  getUserUsage: member,
  getXasmScanById: xasmScan,
  listApiKeysOfUser: async (_db, { ownerId: id }) => ({ id }),
  makePasswordLink: member,
  mergeAssets: async (db, world) => ({ ...(await asset(db, world)), fromId: (await asset(db, world)).id }),
  moveUserToCompany: async (db, world) => ({ ...(await member(db, world)), companyId: (await company(db)).id }),
  preparePasswordReset: async (db, world) => ({ ...(await member(db, world)), ipAddress: "192.0.2.7" }),
  reinstateUser: async (db, world) => {
    const { id } = await member(db, world);
    await nerve.suspendUser(db, { id });
    return { id };
  },
  replaceRiskAcceptance: async (db, world) => ({
    ...(await acceptance(db, world)),
    until: inDays(db, 60),
  }),
  requireCompany: company,
  requireUser: member,
  resetUserTwoFactor: async (db, world) => {
    const { id } = await member(db, world);
    await alterTestUser(db, id, { "2fa_enabled": true });
    return { id };
  },
  restoreCompany: async (db) => {
    const { id } = await company(db);
    await nerve.deleteCompany(db, { id });
    return { id };
  },
  restoreUser: async (db, world) => {
    const { id } = await member(db, world);
    await nerve.deleteUser(db, { id });
    return { id };
  },
  revokeApiKeyOfUser: async (db, { ownerId: id }) => {
    const keyId = await onlyKey(db, id);
    return { id, keyId };
  },
  revokeRiskAcceptance: acceptance,
  revokeOwnApiKey: async (db, { ownerId: userId }) => {
    const keyId = await onlyKey(db, userId);
    return { id: keyId };
  },
  rotateOwnApiKey: async (db, { ownerId: userId }) => {
    const keyId = await onlyKey(db, userId);
    return { id: keyId };
  },
  saveLightboxScan: newScan,
  saveXasmScan: newScan,
  setSeverity: async (db, world) => ({ ...(await finding(db, world)), severity: "high", reason: "It is exposed." }),
  setSlaPolicy: async (_db, { companyId }) => ({
    companyId,
    // Another one at each call.
    policies: [{ severity: "high", days: 1 + (policiesSet += 1), exploitedDays: 2 }],
  }),
  setUserPassword: async (db, world) => ({ ...(await member(db, world)), password: "violet harbour wakes early" }),
  suspendUser: member,
  tagAssets: async (db, world) => ({ ids: [(await asset(db, world)).id], add: [uniqueWord()] }),
  tagFindings: async (db, world) => ({ ids: [(await finding(db, world)).id], add: [uniqueWord()] }),
  unlockUser: async (db, world) => {
    const { id } = await member(db, world);
    await nerve.lockUserAccount(db, id);
    return { id };
  },
  updateCompany: async (db) => ({ ...(await company(db)), name: "Renamed" }),
  updateAsset: async (db, world) => ({ ...(await asset(db, world)), criticality: 3 }),
  updateOwnApiKey: async (db, { ownerId: userId }) => {
    const keyId = await onlyKey(db, userId);
    return { id: keyId, networks: ["192.0.2.0/24"] };
  },
  updateOwnProfile: async () => ({ fullName: uniqueWord() }),
  updateUser: async (db, world) => ({ ...(await member(db, world)), fullName: "Grace Example" }),
  waiveTwoFactor: async (db) => {
    const { id } = await company(db);
    await nerve.demandTwoFactor(db, { id });
    return { id };
  },
  undoImport: scanImport,
};
