import { z } from "zod";
import type { Caller } from "../../../access/caller.ts";
import { type Reaching, reachOf } from "../../../access/within.ts";
import type { Handle } from "../../../database/handle.ts";
import { severities, type Severity } from "../../../schema/surface/assets.ts";
import { findingStatuses, type FindingStatus } from "../../../schema/surface/finding-words.ts";
import { date, oneOf, recordId, text } from "../../../validation/input.ts";
import { isOpen } from "../../deciding/statuses.ts";
import { companyInQuestion } from "../../reach/company-in-question.ts";
import { tagName } from "../../triage/tag-name.ts";

/** Most words of a search. */
const mostWords = 8;

const cveShape = /^CVE-\d{4}-\d{4,}$/i;

/** What findings can be narrowed by, as fields of an input: lists, counts, exports and decisions take the same. */
export const findingFilterFields = {
  companyId: recordId().optional(),
  status: oneOf(findingStatuses).optional(),
  open: z.boolean().optional().meta({ description: "Open and confirmed ones, or all others." }),
  severity: oneOf(severities).optional(),
  source: text({ min: 1, max: 50 }).optional().meta({ description: "The family of the tool, such as trivy." }),
  assetId: recordId().optional(),
  ruleId: recordId().optional(),
  cve: text({ min: 1, max: 20 }).regex(cveShape, "is no number of the CVE list").toUpperCase().optional(),
  kind: text({ min: 1, max: 100 }).optional().meta({ description: "The kind of finding that its rule is of." }),
  tag: tagName().optional().meta({ description: "A tag of it, or of its asset." }),
  assignedTo: recordId().optional(),
  exploited: z.boolean().optional().meta({ description: "Known to be exploited somewhere." }),
  overdue: z.boolean().optional(),
  openedSince: date().optional(),
  changedSince: date().optional(),
  search: text({ min: 1, max: 200 })
    .refine((words) => wordsOf(words).length <= mostWords, `must be at most ${mostWords} words`)
    .optional()
    .meta({ description: "A CVE, words of the rule's title or key, or the beginning of an asset's name." }),
};

/** A filter as it was given and parsed. */
export type FindingFilter = z.output<z.ZodObject<typeof findingFilterFields>>;

/** A filter as parameters of shaped statements: those that are undefined do not count. */
export interface FilterParameters extends Reaching {
  /** The one company whose findings they are. */
  readonly company: number;
  readonly isOpen?: boolean | undefined;
  readonly status?: FindingStatus | undefined;
  readonly severity?: Severity | undefined;
  readonly source?: string | undefined;
  readonly assetId?: number | undefined;
  readonly ruleId?: number | undefined;
  readonly cve?: string | undefined;
  readonly kind?: string | undefined;
  readonly tag?: string | undefined;
  readonly assignedTo?: number | undefined;
  readonly exploited?: boolean | undefined;
  readonly dueBefore?: Date | undefined;
  /** Contains those that are never due. */
  readonly notDueBefore?: Date | undefined;
  readonly openedSince?: Date | undefined;
  readonly changedSince?: Date | undefined;
  /** The beginning of an asset's name; `word0` and on are then there as well. */
  readonly search?: string | undefined;
  readonly [word: `word${number}`]: string | undefined;
}

/** What one condition of a filter is called. */
export type FilterName = keyof Omit<FilterParameters, "company" | keyof Reaching | `word${number}`>;

function wordsOf(search: string): string[] {
  return search.split(/\s+/u).filter((word) => word !== "");
}

/**
 * Reads a filter for a caller.
 *
 * @returns its parameters; null where nothing can match it
 * @throws {ConflictError} COMPANY_NEEDED when the caller reaches several companies and the filter names none
 */
export async function filterParameters(
  db: Handle,
  filter: FindingFilter,
  caller: Caller,
): Promise<FilterParameters | null> {
  const { companyId, open, overdue, search, cve, assignedTo, ...plain } = filter;
  const company = await companyInQuestion(db, caller, companyId);
  if (company === null || isContradictory(filter)) return null;
  const now = db.clock.now();
  return {
    ...plain,
    ...reachOf(caller),
    company,
    isOpen: plain.status === undefined ? open : isOpen(plain.status),
    assignedTo: assignedTo ?? (caller.scope.kind === "own" ? caller.scope.userId : undefined),
    dueBefore: overdue === true ? now : undefined,
    notDueBefore: overdue === false ? now : undefined,
    cve: cve ?? cveIn(search),
    ...(cveIn(search) === undefined && searchParameters(search)),
  };
}

function isContradictory({ status, open, search, cve }: FindingFilter): boolean {
  if (status !== undefined && open !== undefined && open !== isOpen(status)) return true;
  const searched = cveIn(search);
  return searched !== undefined && cve !== undefined && searched !== cve;
}

/** The CVE that a search is for; undefined where it is for words. */
function cveIn(search: string | undefined): string | undefined {
  const trimmed = search?.trim().toUpperCase();
  return trimmed !== undefined && cveShape.test(trimmed) ? trimmed : undefined;
}

function searchParameters(search: string | undefined): Partial<FilterParameters> {
  if (search === undefined) return {};
  const words = wordsOf(search).map((word, index): [string, string] => [wordName(index), word]);
  return { search: search.trim(), ...Object.fromEntries(words) };
}

/** The parameter of a word of the search. */
export function wordName(index: number): `word${number}` {
  return `word${index}`;
}

/** The words of the search as a statement has them. */
export function wordParameters(p: FilterParameters): string[] {
  const names = Array.from({ length: mostWords }, (_, index) => wordName(index));
  return names.flatMap((name) => p[name] ?? []);
}
