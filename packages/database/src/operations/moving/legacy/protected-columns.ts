import { apiKeyPrefix, digestToken, type KeyRing, protectBackupCode } from "../../../cryptography/index.ts";
import type { StoredValue } from "../../../engines/port/stored-rows.ts";
import type { NamedColumn } from "../../../schema/kit/index.ts";
import { toAsciiDomain } from "../../../validation/domain.ts";
import { normalizeEmail } from "../../../validation/email.ts";
import { Fault, type Outcome } from "./cells.ts";

/** Turns a text of the older system into what is stored here. */
type Protect = (text: string, keys: KeyRing, row: number | string | undefined) => Outcome | Promise<Outcome>;

const digest: Protect = (token) => (token === "" ? null : digestToken(token));

/** Columns whose values change their form, by table and column. */
const special: Readonly<Record<string, Protect>> = {
  // An address that is not valid is lower-cased only, here and at sign-in.
  "users.email": normalizeEmail,
  "companies.primary_domain": (domain) => toAsciiDomain(domain) ?? domain.toLowerCase(),
  "users.password_reset_token": digest,
  "users.email_verification_token": digest,
  "users.2fa_backup_codes": protectBackupCodes,
  "sessions.token": digestToken,
  "sessions.refresh_token": digest,
  "api_keys.key_prefix": apiKeyPrefix,
};

/** How long a verification link of the older system stays good, in milliseconds: it had no end there. */
export const verificationLifeMs = 24 * 60 * 60 * 1000;

type LegacyRow = ReadonlyMap<string, StoredValue>;

const bytesOfScan = (row: LegacyRow): StoredValue =>
  ["results_json", "summary_stats"].reduce((sum, name) => sum + Buffer.byteLength(String(row.get(name) ?? "")), 0);

/** Columns that follow from the others of the row: those that the older system did not have, or never kept up. */
export const derived: Readonly<Record<string, (row: LegacyRow, now: Date) => StoredValue>> = {
  "users.email_verification_expires": (row, now) =>
    (row.get("email_verification_token") ?? null) === null ? null : now.getTime() + verificationLifeMs,
  // The first refresh token of a session is its family.
  "sessions.refresh_family": (row) => row.get("refresh_token") ?? null,
  "xasm_scan_history.stored_bytes": bytesOfScan,
  "lightbox_scan_history.stored_bytes": bytesOfScan,
  // The older system knew no end by idleness and never noted a use, so that a live session starts over.
  "sessions.last_activity": (row, now) => (isLive(row, now) ? now.getTime() : (row.get("last_activity") ?? null)),
};

function isLive(session: LegacyRow, now: Date): boolean {
  const isOpen = session.get("is_active") === 1 && (session.get("revoked_at") ?? null) === null;
  return isOpen && Number(session.get("expires_at")) > now.getTime();
}

/**
 * Finds what has to be done with the texts of a column before they are stored; undefined where nothing has.
 */
export function protectionOf(table: string, column: NamedColumn): Protect | undefined {
  const own = special[`${table}.${column.name}`];
  if (own !== undefined) return own;
  if (column.sensitivity !== "encrypted" && column.sensitivity !== "harvested") return undefined;
  return (text, keys, row) => keys.encrypt(text, { table, column: column.name, row });
}

async function protectBackupCodes(text: string): Promise<Outcome> {
  const codes: unknown = JSON.parse(text);
  const isList = Array.isArray(codes) && codes.every((code) => typeof code === "string" && isBackupCode(code));
  if (!isList) return new Fault("is not a list of backup codes");
  return JSON.stringify(await Promise.all((codes as string[]).map(protectBackupCode)));
}

/** Whether there is anything in a code but spaces and dashes, and not too much. */
function isBackupCode(code: string): boolean {
  return code.length <= 100 && code.replaceAll(/[\s\p{Pd}]/gu, "") !== "";
}
