import { sql as fragment } from "kysely";
import { z } from "zod";
import { companyOf } from "../access/company-of.ts";
import { after, hour } from "../database/durations.ts";
import type { Handle } from "../database/handle.ts";
import { shapedStatement, statement } from "../database/statement.ts";
import { transaction } from "../database/transaction.ts";
import { isOwned } from "./owned.ts";
import { json } from "../schema/kit/parameters.ts";
import type { JsonValue } from "../schema/kit/index.ts";
import { requireRoom } from "../quotas/require-room.ts";
import { scanResultsLightbox, scanResultsXasm } from "../schema/surface/scans.ts";
import { parseInput, recordId, text } from "../validation/input.ts";
import type { CleanedUpScans } from "./clean-up-scan-history.ts";
import { type Owned, ownerFields, scanResults, type ShortLivedTable } from "./scan-fields.ts";

const lifetime = 48 * hour;
/** Results of one kind that a company has side by side. */
const mostOfCompany = 500;

const company = () => text({ min: 1, max: 255 });
const saveInput = z.strictObject({ company: company(), results: scanResults(), userId: recordId().optional() });
const loadInput = z.strictObject({ company: company(), ...ownerFields });

/** Results to keep for a company. */
export type ResultsToSave = z.input<typeof saveInput>;
/** The company whose results are wanted, and whose they have to be. */
export type ResultsWanted = z.input<typeof loadInput>;

/** How long saved results are kept. */
export interface SavedResults {
  scanDate: Date;
  expiresAt: Date;
}

/** Results that were kept for a company. */
export interface KeptResults {
  company: string;
  results: JsonValue;
  scanDate: Date | null;
  expiresAt: Date;
}

interface ResultsRow extends z.output<typeof saveInput> {
  now: Date;
  expiresAt: Date;
}

/** The newest results replace those before them within a company, no company included: staff share what they scan. */
const saveInto = (table: ShortLivedTable) =>
  statement((sql, row: ResultsRow) => {
    const found = {
      results_json: json(row.results),
      scan_date: row.now,
      expires_at: row.expiresAt,
      user_id: row.userId,
      updated_at: row.now,
    };
    return sql
      .insertInto(table)
      .values({ ...found, company: row.company, company_id: companyOf(row.userId), created_at: row.now })
      .onConflict((conflict) =>
        conflict
          .expression(fragment`coalesce("company_id", 0), "company"`)
          .doUpdateSet({ ...found, user_id: (eb) => eb.ref("excluded.user_id"), deleted_at: null, is_active: true }),
      )
      .returning("company_id");
  });

const loadFrom = (table: ShortLivedTable) =>
  shapedStatement((sql, wanted: Owned & { company: string; now: Date }) =>
    sql
      .selectFrom(table)
      .select(["company", "results_json as results", "scan_date", "expires_at"])
      .where("company", "=", wanted.company)
      .where("expires_at", ">", wanted.now)
      .where("deleted_at", "is", null)
      .where(isOwned(table, wanted))
      // Who names no tenant gets the newest of all.
      .orderBy("scan_date", "desc")
      .limit(1),
  );

const deleteExpired = (table: ShortLivedTable) =>
  statement((sql, { now }: { now: Date }) => sql.deleteFrom(table).where("expires_at", "<=", now));

const tablesOfKinds = { xasm: scanResultsXasm, lightbox: scanResultsLightbox };
const saveStatements = { xasm: saveInto("scan_results_xasm"), lightbox: saveInto("scan_results_lightbox") };
const loadStatements = { xasm: loadFrom("scan_results_xasm"), lightbox: loadFrom("scan_results_lightbox") };
const expiry = { xasm: deleteExpired("scan_results_xasm"), lightbox: deleteExpired("scan_results_lightbox") };

async function save(db: Handle, kind: "xasm" | "lightbox", results: ResultsToSave): Promise<SavedResults> {
  const input = parseInput(saveInput, results);
  const now = db.clock.now();
  const expiresAt = after(now, lifetime);
  await transaction(db, async (tx) => {
    const { companyId } = await saveStatements[kind].one(tx, { ...input, now, expiresAt });
    await requireRoom(tx, tablesOfKinds[kind], companyId, mostOfCompany);
  });
  return { scanDate: now, expiresAt };
}

async function load(db: Handle, kind: "xasm" | "lightbox", wanted: ResultsWanted): Promise<KeptResults | null> {
  return loadStatements[kind].first(db, { ...parseInput(loadInput, wanted), now: db.clock.now() });
}

/**
 * Keeps the XASM results of a company for 48 hours, for whoever writes a report from them. Newer results of the
 * same tenant replace older ones.
 *
 * @param db the database, or an open transaction
 * @param results `company` (a name or domain, up to 255 characters), `results` (JSON up to 16 MiB), `userId` (the owner)
 * @returns when they were saved, and when they expire
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {ConflictError} REFERENCE_VIOLATION when `userId` is no user
 * @throws {QuotaError} QUOTA_EXCEEDED when 500 results of the company's are kept already
 * @example
 * await saveXasmForAi(db, { company: "example.org", results: { subdomains: [] } });
 * const kept = await loadXasmForAi(db, { company: "example.org" });
 */
export async function saveXasmForAi(db: Handle, results: ResultsToSave): Promise<SavedResults> {
  return save(db, "xasm", results);
}

/**
 * Keeps the Lightbox results of a company for 48 hours; otherwise as `saveXasmForAi`.
 *
 * @param db the database, or an open transaction
 * @param results `company` (a name or domain, up to 255 characters), `results` (JSON up to 16 MiB), `userId` (the owner)
 * @returns when they were saved, and when they expire
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {ConflictError} REFERENCE_VIOLATION when `userId` is no user
 * @throws {QuotaError} QUOTA_EXCEEDED when 500 results of the company's are kept already
 * @example
 * const { expiresAt } = await saveLightboxForAi(db, { company: "example.org", results: { findings: [] } });
 */
export async function saveLightboxForAi(db: Handle, results: ResultsToSave): Promise<SavedResults> {
  return save(db, "lightbox", results);
}

/**
 * Loads the newest XASM results of a company.
 *
 * @param db the database, or an open transaction
 * @param wanted `company`, and `userId` (the owner) or `companyId` to load that user's or that company's results only
 * @returns the results; null when there are none, they have expired or they are somebody else's
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const kept = await loadXasmForAi(db, { company: "example.org" });
 */
export async function loadXasmForAi(db: Handle, wanted: ResultsWanted): Promise<KeptResults | null> {
  return load(db, "xasm", wanted);
}

/**
 * Loads the newest Lightbox results of a company.
 *
 * @param db the database, or an open transaction
 * @param wanted as for `loadXasmForAi`
 * @returns the results; null when there are none, they have expired or they are somebody else's
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * const kept = await loadLightboxForAi(db, { company: "example.org" });
 */
export async function loadLightboxForAi(db: Handle, wanted: ResultsWanted): Promise<KeptResults | null> {
  return load(db, "lightbox", wanted);
}

/**
 * Removes the results whose 48 hours are over.
 *
 * @param db the database, or an open transaction
 * @returns how many of each kind are gone
 * @example
 * const removed = await cleanupExpiredAiScans(db);
 */
export async function cleanupExpiredAiScans(db: Handle): Promise<CleanedUpScans> {
  const now = db.clock.now();
  return { xasm: await expiry.xasm.run(db, { now }), lightbox: await expiry.lightbox.run(db, { now }) };
}
