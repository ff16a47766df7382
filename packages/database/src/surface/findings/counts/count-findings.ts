import { z } from "zod";
import type { Caller } from "../../../access/caller.ts";
import type { Handle } from "../../../database/handle.ts";
import { reading } from "../../../operation/operation.ts";
import { severities, type Severity } from "../../../schema/surface/assets.ts";
import { findingStatuses, type FindingStatus } from "../../../schema/surface/finding-words.ts";
import { isOpen } from "../../deciding/statuses.ts";
import { countOfCompany, countsKept, mostCounted, statementCounting } from "./count-statements.ts";
import { namesGiven } from "../list/finding-conditions.ts";
import {
  type FilterName,
  filterParameters,
  findingFilterFields,
  type FilterParameters,
} from "../list/finding-filter.ts";
import { narrowest } from "../list/narrow-sets.ts";

/** What the kept counts are told apart by. */
const keptNames: ReadonlySet<FilterName> = new Set(["isOpen", "status", "severity", "source", "exploited"]);

const countsBy = <Word extends string>(words: readonly Word[]) =>
  z.object(Object.fromEntries(words.map((word) => [word, z.int()])) as Record<Word, z.ZodInt>);

const findingCount = z
  .object({
    total: z.int(),
    more: z.boolean().meta({ description: "Whether there were more than the 10,000 that were looked at." }),
    status: countsBy(findingStatuses),
    severity: countsBy(severities),
    source: z.array(z.object({ source: z.string(), findings: z.int() })),
    exploited: z.int(),
  })
  .meta({ id: "FindingCount", description: "How many findings there are, by what tells them apart." });
export type FindingCount = z.output<typeof findingCount>;

/** How many findings are alike. */
interface Alike {
  readonly status: FindingStatus;
  readonly severity: Severity;
  readonly source: string;
  readonly exploited: boolean;
  readonly findings: number;
}

/**
 * Counts findings by status, severity, source and whether they are known to be exploited. What is narrowed by these alone is exact,
 * however much there is. With any other condition, 10,000 findings are looked at that meet the narrowest condition: where there
 * are more, `more` says so and the numbers are those of the 10,000.
 *
 * @returns the numbers; sources with the most findings come first
 * @throws {ValidationError} INVALID_INPUT with the field at fault
 * @throws {ConflictError} COMPANY_NEEDED when several companies are within reach and none is named
 * @example
 * const { severity } = await countFindings(db, { companyId: 1, open: true });
 */
export const countFindings = reading({
  summary: "Count findings by status, severity, source and exploitation",
  permission: "finding:read",
  input: findingFilterFields,
  output: findingCount,
  mayLag: true,
  async run(db, filter, caller): Promise<FindingCount> {
    const wanted = await filterParameters(db, filter, caller);
    if (wanted === null) return summarize([], false);
    const { alike, more } = await countAlike(db, wanted, caller);
    return summarize(alike, more);
  },
});

async function countAlike(
  db: Handle,
  wanted: FilterParameters,
  { scope }: Caller,
): Promise<{ alike: readonly Alike[]; more: boolean }> {
  if (scope.kind !== "own" && namesGiven(wanted).every((name) => keptNames.has(name))) {
    const kept: readonly Alike[] = await countsKept.all(db, wanted);
    return { alike: kept.filter((one) => isWanted(one, wanted)), more: false };
  }
  const set = await narrowest(db, wanted, mostCounted);
  const size = set?.size ?? (await countOfCompany.one(db, { ...wanted, countUpTo: mostCounted + 1 })).few;
  return { alike: await statementCounting(set?.name ?? null).all(db, wanted), more: size > mostCounted };
}

function isWanted(one: Alike, { isOpen: open, ...wanted }: FilterParameters): boolean {
  if (open !== undefined && open !== isOpen(one.status)) return false;
  return (["status", "severity", "exploited"] as const).every(
    (name) => wanted[name] === undefined || wanted[name] === one[name],
  );
}

function summarize(alike: readonly Alike[], more: boolean): FindingCount {
  const sumOf = (some: readonly Alike[]) => some.reduce((sum, { findings }) => sum + findings, 0);
  const sumsBy = <Word extends string>(words: readonly Word[], wordOf: (one: Alike) => Word) =>
    Object.fromEntries(words.map((word) => [word, sumOf(alike.filter((one) => wordOf(one) === word))])) as Record<
      Word,
      number
    >;
  const sources = [...Map.groupBy(alike, ({ source }) => source)];
  return {
    total: sumOf(alike),
    more,
    status: sumsBy(findingStatuses, ({ status }) => status),
    severity: sumsBy(severities, ({ severity }) => severity),
    source: sources
      .map(([source, some]) => ({ source, findings: sumOf(some) }))
      .toSorted((one, other) => (one.source < other.source ? -1 : 1))
      .toSorted((one, other) => other.findings - one.findings),
    exploited: sumOf(alike.filter(({ exploited }) => exploited)),
  };
}
