import { z } from "zod";
import { after, hour } from "../database/durations.ts";
import type { Handle } from "../database/handle.ts";
import { shapedStatement, statement } from "../database/statement.ts";
import { json } from "../schema/kit/parameters.ts";
import { ConflictError } from "../errors/index.ts";
import type { JsonValue } from "../schema/kit/index.ts";
import { parseInput, recordId, text } from "../validation/input.ts";
import type { CleanedUpScans } from "./clean-up-scan-history.ts";
import { inScope, type Scope, scanResults, scopeFields, type ShortLivedTable } from "./scan-fields.ts";

const lifetime = 48 * hour;

const company = () => text({ min: 1, max: 255 });
const saveInput = z.strictObject({ company: company(), results: scanResults(), userId: recordId().optional() });
const loadInput = z.strictObject({ company: company(), ...scopeFields });

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

/**
 * The newest results replace those before them when their owners are of one company, both of none included: staff
 * share what they scan, and no tenant touches another's. What has expired stands in nobody's way.
 */
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
      .values({ ...found, company: row.company, created_at: row.now })
      .onConflict((conflict) =>
        conflict
          .column("company")
          .doUpdateSet({ ...found, user_id: (eb) => eb.ref("excluded.user_id"), deleted_at: null, is_active: true })
          .where((eb) => {
            const tenantOf = (owner: `${ShortLivedTable}.user_id` | "excluded.user_id") =>
              eb.selectFrom("users").select("users.company_id").whereRef("users.id", "=", owner);
            return eb.or([
              eb(`${table}.expires_at`, "<=", row.now),
              eb(`${table}.deleted_at`, "is not", null),
              eb(tenantOf(`${table}.user_id`), "is not distinct from", tenantOf("excluded.user_id")),
            ]);
          }),
      )
      .returning("id");
  });

const loadFrom = (table: ShortLivedTable) =>
  shapedStatement((sql, wanted: Scope & { company: string; now: Date }) =>
    sql
      .selectFrom(table)
      .select(["company", "results_json as results", "scan_date", "expires_at"])
      .where("company", "=", wanted.company)
      .where("expires_at", ">", wanted.now)
      .where("deleted_at", "is", null)
      .where(inScope(sql, wanted)),
  );

const deleteExpired = (table: ShortLivedTable) =>
  statement((sql, { now }: { now: Date }) => sql.deleteFrom(table).where("expires_at", "<=", now));

const saveStatements = { xasm: saveInto("scan_results_xasm"), lightbox: saveInto("scan_results_lightbox") };
const loadStatements = { xasm: loadFrom("scan_results_xasm"), lightbox: loadFrom("scan_results_lightbox") };
const expiry = { xasm: deleteExpired("scan_results_xasm"), lightbox: deleteExpired("scan_results_lightbox") };

async function save(db: Handle, kind: "xasm" | "lightbox", results: ResultsToSave): Promise<SavedResults> {
  const input = parseInput(saveInput, results);
  const now = db.clock.now();
  const expiresAt = after(now, lifetime);
  const row = await saveStatements[kind].first(db, { ...input, now, expiresAt });
  if (row !== null) return { scanDate: now, expiresAt };
  throw new ConflictError("CONFLICT", { field: "company", message: "The company's results belong to somebody else." });
}

async function load(db: Handle, kind: "xasm" | "lightbox", wanted: ResultsWanted): Promise<KeptResults | null> {
  return loadStatements[kind].first(db, { ...parseInput(loadInput, wanted), now: db.clock.now() });
}

/**
 * Keeps the XASM results of a company for 48 hours, for whoever writes a report from them. Newer results replace older
 * ones, but not those of another tenant that have not expired.
 *
 * @param db the database, or an open transaction
 * @param results `company` (a name or domain, up to 255 characters), `results` (JSON up to 16 MiB), `userId` (the owner)
 * @returns when they were saved, and when they expire
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {ConflictError} CONFLICT when the company's results belong to another tenant
 * @throws {ConflictError} REFERENCE_VIOLATION when `userId` is no user
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
 * @throws {ConflictError} CONFLICT when the company's results belong to another tenant
 * @throws {ConflictError} REFERENCE_VIOLATION when `userId` is no user
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
