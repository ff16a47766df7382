import type { Caller } from "../../access/caller.ts";
import { columnsOf } from "../../database/columns.ts";
import type { Handle } from "../../database/handle.ts";
import { shapedStatement } from "../../database/statement.ts";
import { readConfined } from "../../operation/confined.ts";
import { beside, matchesFilter } from "../findings/list/finding-conditions.ts";
import type { FilterParameters } from "../findings/list/finding-filter.ts";
import { mostExamined, narrowestSet, type NarrowName, narrowNames, narrowSets } from "../findings/list/narrow-sets.ts";
import { type ExportedFinding, withParts } from "./exported-finding.ts";

/** Findings that are read at once. */
const findingsOfPage = 1000;

/** A filter, and where a page of it begins. */
type PageWanted = FilterParameters & { readonly after: number; readonly upTo?: number; readonly rows: number };

/** Findings of a page in the order of their ids: by the primary key, or those of a set. */
function pageOf(set: NarrowName | null) {
  return shapedStatement((builder, p: PageWanted, dialect) => {
    const page = builder
      .selectFrom("findings")
      .innerJoin("assets", "assets.id", "findings.asset_id")
      .select([...columnsOf("findings")].map((name) => `findings.${name}` as const))
      .select(["assets.kind as asset_kind", "assets.key as asset_key", "assets.name as asset_name"])
      .where("findings.id", ">", p.after)
      .where(beside(matchesFilter(p, dialect)))
      .orderBy("findings.id")
      .limit(p.rows);
    const within = set === null ? page : page.where("findings.id", "in", narrowSets[set](p, dialect) as never);
    return p.upTo === undefined ? within : within.where("findings.id", "<=", p.upTo);
  });
}

const wholePage = pageOf(null);
const pagesAmong = new Map(narrowNames.map((name) => [name, pageOf(name)]));

/** The finding up to which one statement looks, so that none takes long however few it finds. */
const lookUpTo = shapedStatement((builder, p: PageWanted) =>
  builder
    .selectFrom("findings")
    .select("findings.id")
    .where("findings.id", ">", p.after)
    .orderBy("findings.id")
    .limit(p.rows)
    .offset(mostExamined - 1),
);

export type FindingPages = AsyncGenerator<readonly ExportedFinding[]>;

/** Who reads findings, from where, and until when. */
export interface Reading {
  readonly db: Handle;
  readonly caller: Caller;
  readonly signal: AbortSignal | undefined;
}

/**
 * Reads the findings that a filter asks for, page by page in the order of their ids. What changes meanwhile is read as it is when its page
 * is.
 */
export async function* readFindings({ db, caller, signal }: Reading, filter: FilterParameters): FindingPages {
  const set = await readConfined(db, caller, (handle) => narrowestSet(handle, filter));
  let after: number | null = 0;
  while (after !== null) {
    signal?.throwIfAborted();
    const from: number = after;
    const page = await readConfined(db, caller, (handle) => readPage(handle, set, { ...filter, after: from }));
    if (page.findings.length > 0) yield page.findings;
    after = page.next;
  }
}

interface Page {
  readonly findings: readonly ExportedFinding[];
  /** After which id the next page begins; null at the end. */
  readonly next: number | null;
}

async function readPage(db: Handle, set: NarrowName | null, wanted: Omit<PageWanted, "rows" | "upTo">): Promise<Page> {
  const end = set === null ? await lookUpTo.first(db, { ...wanted, rows: 1 }) : null;
  const statement = set === null ? wholePage : (pagesAmong.get(set) as typeof wholePage);
  const upTo = end === null ? {} : { upTo: end.id };
  const rows = await statement.all(db, { ...wanted, ...upTo, rows: findingsOfPage });
  const last = rows.length === findingsOfPage ? rows.at(-1) : end;
  return { findings: await withParts(db, wanted.company, rows), next: last?.id ?? null };
}
