import { sql as fragment } from "kysely";
import type { z } from "zod";
import type { Handle } from "../database/handle.ts";
import { shapedStatement, type Statement } from "../database/statement.ts";
import { ConflictError, NotFoundError } from "../errors/index.ts";
import { reading } from "../operation/operation.ts";
import type { JsonValue } from "../schema/kit/index.ts";
import { JsonDocument } from "../validation/input.ts";
import { lightboxScanWithResults, xasmScanWithResults } from "./scan-answers.ts";
import { type HistoryTable, type Owned, ownedWithin, ownerFields, scanId, testColumns } from "./scan-fields.ts";
import { isOwned } from "./owned.ts";

/** An XASM scan with its results. */
export type XasmScanWithResults = z.output<typeof xasmScanWithResults>;
/** A Lightbox scan with its results. */
export type LightboxScanWithResults = z.output<typeof lightboxScanWithResults>;

type Wanted = Owned & { scanId: string };

/** A scan by its id, and whose it has to be. */
export const scanInput = { scanId: scanId(), ...ownerFields };

const columns = [
  "id",
  "scan_id",
  "target",
  "timestamp",
  "status",
  "user_id",
  "company_id",
  "summary_stats as summary",
] as const;

type MoreColumns = readonly (typeof testColumns)[number][];

/** The results are read as a value, or as the text that they are stored as. */
const findIn = (table: HistoryTable, moreColumns: MoreColumns, results: "value" | "text") =>
  shapedStatement((sql, wanted: Wanted) =>
    sql
      .selectFrom(table)
      .select([...columns, ...moreColumns])
      .select((eb) => {
        const stored = eb.ref("results_json");
        const text = fragment<JsonValue | null>`cast(${stored} as text)`;
        return results === "text" ? text.as("results") : stored.as("results");
      })
      .where("scan_id", "=", wanted.scanId)
      .where("deleted_at", "is", null)
      .where(isOwned(table, wanted))
      .limit(2),
  );

const findXasm = { value: findIn("xasm_scan_history", [], "value"), text: findIn("xasm_scan_history", [], "text") };
const findLightbox = {
  value: findIn("lightbox_scan_history", testColumns, "value"),
  text: findIn("lightbox_scan_history", testColumns, "text"),
};

async function find<Found extends { results: unknown }>(
  statements: Readonly<Record<"value" | "text", Statement<Wanted, Found>>>,
  db: Handle,
  wanted: Wanted,
) {
  if (db.documentsAsText !== true) return requireOne(await statements.value.all(db, wanted));
  const found = requireOne(await statements.text.all(db, wanted));
  const text = found.results as string | null;
  return { ...found, results: text === null ? null : JsonDocument.trusted(text) };
}

/**
 * Takes the one scan that was meant: whoever reaches several companies may find one in each under the same id.
 *
 * @throws {NotFoundError} NOT_FOUND when there is none
 * @throws {ConflictError} CONFLICT when there are several
 */
export function requireOne<Row>([only, ...others]: readonly Row[]): Row {
  if (only === undefined) throw new NotFoundError();
  if (others.length === 0) return only;
  const message = "Scans of several companies have this id; name the company.";
  throw new ConflictError("CONFLICT", { field: "companyId", message });
}

/**
 * Finds an XASM scan with its results.
 *
 * @returns the scan
 * @throws {NotFoundError} NOT_FOUND when there is none within reach, or it is deleted
 * @throws {ConflictError} CONFLICT when several companies have one of this id: `companyId` names which is meant
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * await saveXasmScan(db, { scanId: "nightly-1", target: "example.org", results: {} });
 * const scan = await getXasmScanById(db, { scanId: "nightly-1" });
 */
export const getXasmScanById = reading({
  summary: "Get a scan with its results",
  permission: "scan:read",
  input: scanInput,
  output: xasmScanWithResults,
  run: async (db, input, caller) => find(findXasm, db, ownedWithin(input, caller)) as never,
});

/**
 * Finds a Lightbox scan with its results; otherwise as `getXasmScanById`.
 *
 * @returns the scan
 * @throws {NotFoundError} NOT_FOUND when there is none within reach, or it is deleted
 * @throws {ConflictError} CONFLICT when several companies have one of this id
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @example
 * await saveLightboxScan(db, { scanId: "nightly-2", target: "example.org", results: {} });
 * const scan = await getLightboxScanById(db, { scanId: "nightly-2" });
 */
export const getLightboxScanById = reading({
  summary: "Get a scan with its results",
  permission: "scan:read",
  input: scanInput,
  output: lightboxScanWithResults,
  run: async (db, input, caller) => find(findLightbox, db, ownedWithin(input, caller)) as never,
});
