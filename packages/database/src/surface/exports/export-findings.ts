import { z } from "zod";
import { type Caller, systemCaller } from "../../access/caller.ts";
import type { Handle } from "../../database/handle.ts";
import { fetchAll } from "../../database/statement.ts";
import { transaction } from "../../database/transaction.ts";
import { readConfined } from "../../operation/confined.ts";
import { logAudit } from "../../operation/log-audit.ts";
import type { JsonValue } from "../../schema/kit/index.ts";
import { oneOf, parseInput, recordId } from "../../validation/input.ts";
import { filterParameters, findingFilterFields, type FilterParameters } from "../findings/list/finding-filter.ts";
import { type ExportedFinding, readRules } from "./exported-finding.ts";
import { readFindings, type Reading } from "./read-findings.ts";
import { csvHeadings, csvRowOf } from "./write-csv.ts";
import { lineOf } from "./write-lines.ts";
import { sarifBegin, sarifEnd, SarifRun } from "./write-sarif.ts";

export const exportFormats = ["sarif", "csv", "jsonl"] as const;
export type ExportFormat = (typeof exportFormats)[number];

const { companyId: _company, ...filterFields } = findingFilterFields;

const exportInput = z.strictObject({
  format: oneOf(exportFormats),
  companyId: recordId().optional(),
  filter: z.strictObject(filterFields).default({}),
  bom: z.boolean().default(false),
});

/** Which findings are to be exported, and how. */
export type FindingExport = z.input<typeof exportInput> & { readonly signal?: AbortSignal };

/** Texts of at least this size are handed out, so that a consumer is not asked for each finding. */
const pieceLength = 65_536;

/** Where findings are read from, and how many were. */
interface Export extends Reading {
  readonly filter: FilterParameters;
  count: number;
}

/**
 * Exports the findings of a company as text, piece by piece and in the order of their ids, as fast as it is read. `sarif` is a log of
 * SARIF 2.1.0 with a run for each source; `csv` is made safe for programs for tables; `jsonl` is NERVE's own format, which `importReport`
 * takes back: all but evidence, decisions and what follows by itself. Who exports is in the audit log before the first piece, and how many
 * findings were taken when it ends, also where it is not read to its end.
 *
 * @param db the database
 * @param wanted `format`; `companyId`, needed where the caller reaches several; `filter` as of `listFindings`; `bom` puts a byte order mark
 *   before CSV; `signal` ends it, also while it looks for findings and has none to give
 * @param caller who exports; default the system
 * @returns the text in pieces
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {ConflictError} COMPANY_NEEDED
 * @example
 * const { id: companyId } = await createCompany(db, { name: "Example", primaryDomain: "exported.example" });
 * let text = "";
 * for await (const piece of exportFindings(db, { format: "csv", companyId, filter: { open: true } })) text += piece;
 */
export async function* exportFindings(
  db: Handle,
  { signal, ...wanted }: FindingExport,
  caller: Caller = systemCaller,
): AsyncGenerator<string, void, undefined> {
  const { format, companyId, filter, bom } = parseInput(exportInput, wanted);
  const parameters = await readConfined(db, caller, (handle) =>
    filterParameters(handle, { ...filter, companyId }, caller),
  );
  const company = parameters?.company ?? null;
  const tell = (action: string, more: Readonly<Record<string, JsonValue>>) =>
    recordExport(db, { caller, company, action, metadata: { format, ...more } });
  await tell("findings_export_begun", { filter: JSON.parse(JSON.stringify(filter)) as JsonValue });
  const running = parameters === null ? null : { db, caller, signal, filter: parameters, count: 0 };
  let isWhole = false;
  try {
    if (bom && format === "csv") yield "\u{FEFF}";
    yield* inPieces(texts[format](running));
    isWhole = true;
  } finally {
    await tell("findings_exported", { findings: running?.count ?? 0, whole: isWhole });
  }
}

/** The text of each format; without an export there is nothing to tell. */
const texts: Readonly<Record<ExportFormat, (running: Export | null) => AsyncGenerator<string>>> = {
  async *csv(running) {
    yield csvHeadings;
    for await (const finding of findingsOf(running)) yield csvRowOf(finding);
  },
  async *jsonl(running) {
    for await (const finding of findingsOf(running)) yield lineOf(finding);
  },
  async *sarif(running) {
    yield sarifBegin;
    let isFirst = true;
    for (const source of running === null ? [] : await sourcesOf(running)) {
      for await (const text of sarifRun(running as Export, source)) {
        yield isFirst || !text.startsWith('{"results"') ? text : `,${text}`;
        isFirst = false;
      }
    }
    yield sarifEnd;
  },
};

async function* findingsOf(running: Export | null, filter = running?.filter): AsyncGenerator<ExportedFinding> {
  if (running === null || filter === undefined) return;
  for await (const page of readFindings(running, filter)) {
    for (const finding of page) {
      running.count += 1;
      yield finding;
    }
  }
}

/** Nothing where the source has no finding that is wanted. */
async function* sarifRun(running: Export, source: string): AsyncGenerator<string> {
  const { db, caller, filter } = running;
  const run = new SarifRun(source);
  for await (const finding of findingsOf(running, { ...filter, source })) yield run.result(finding);
  if (run.isEmpty) return;
  const ids = run.ruleIds;
  for (let start = 0; start < ids.length; start += 1000) {
    const some = ids.slice(start, start + 1000);
    const rules = await readConfined(db, caller, (handle) => readRules(handle, filter.company, some));
    // One that is gone meanwhile keeps its place: results name rules by their places.
    for (const id of some) yield run.rule(rules.get(id) ?? null);
  }
  yield run.end();
}

async function sourcesOf({ db, caller, filter }: Export): Promise<readonly string[]> {
  if (filter.source !== undefined) return [filter.source];
  const query = db.sql.selectFrom("finding_counts").select("source").distinct().orderBy("source");
  const rows = await readConfined(db, caller, (handle) =>
    fetchAll(handle, query.where("company_id", "=", filter.company)),
  );
  return rows.map(({ source }) => source);
}

async function* inPieces(parts: AsyncIterable<string>): AsyncGenerator<string> {
  let piece = "";
  for await (const part of parts) {
    piece += part;
    if (piece.length < pieceLength) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

interface ToRecord {
  readonly caller: Caller;
  readonly company: number | null;
  readonly action: string;
  readonly metadata: Readonly<Record<string, JsonValue>>;
}

async function recordExport(db: Handle, { caller, company, action, metadata }: ToRecord): Promise<void> {
  const whose = company === null ? {} : { companyId: company };
  await transaction(
    db,
    (tx) => logAudit(tx, { action, resourceType: "findings", metadata, actor: caller.actor, ...whose }),
    {
      company,
    },
  );
}
