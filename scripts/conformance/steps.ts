import {
  confirmClosures,
  type Database,
  decideFindings,
  expireRiskAcceptances,
  importEpss,
  importKev,
  undoImport,
} from "@nerve/database";
import { fetchAll } from "@nerve/database/query";
import { after, day } from "../../packages/database/src/database/durations.ts";
import { fileSource } from "./file-source.ts";
import { importOrRefusal } from "./import-report.ts";
import type { Expectation, OracleStep } from "./oracle.ts";
import type { Opened } from "./places.ts";

/** A sequence on its way. */
export interface SequenceRun extends Pick<Opened, "db" | "clock"> {
  readonly folder: string;
  /** By name. */
  readonly companies: ReadonlyMap<string, number>;
  /** The import that `last` means. */
  lastImport: number;
}

/** Does what a step says; what came of it, and for which company. */
export async function runStep(
  run: SequenceRun,
  step: OracleStep,
): Promise<{ readonly companyId: number; readonly result: Expectation }> {
  const name = step.options?.company ?? step.count?.company ?? "a";
  const companyId = run.companies.get(name);
  if (companyId === undefined) throw new Error(`there is no company ${name}`);
  return { companyId, result: await resultOf(run, step, companyId) };
}

async function resultOf(run: SequenceRun, step: OracleStep, companyId: number): Promise<Expectation> {
  const { db, lastImport: id } = run;
  if (step.import !== undefined) return importFile(run, step, { path: step.import, companyId });
  if (step.decide !== undefined) return decide(run, step.decide, companyId);
  if (step.wait !== undefined || step.job !== undefined) {
    run.clock.advance(step.wait ?? {});
    return step.job === undefined ? {} : { ...(await named(jobs, "job", step.job)(db)) };
  }
  if (step.feed !== undefined && step.file !== undefined)
    return { ...(await named(feeds, "feed", step.feed)(db, { source: fileSource(run.folder, step.file) })) };
  if (step.confirm !== undefined) return confirmClosures(db, { id });
  if (step.undo !== undefined) return undoImport(db, { id });
  if (step.count !== undefined) return {};
  throw new Error(`there is no such step: ${Object.keys(step).join(", ")}`);
}

/** What runs at its hours, and how many findings it changed. */
const jobs: Readonly<Record<string, (db: Database) => Promise<Expectation>>> = {
  "risk-acceptances": async (db) => ({ changed: (await expireRiskAcceptances(db)).opened }),
};

const feeds: Readonly<Record<string, typeof importEpss | typeof importKev>> = { epss: importEpss, kev: importKev };

function named<Value>(values: Readonly<Record<string, Value>>, what: string, name: string): Value {
  const value = values[name];
  if (value === undefined) throw new Error(`there is no ${what} ${name}`);
  return value;
}

/** Decides on the findings of a rule, or on the one of them on a line. */
async function decide(
  { db, clock }: SequenceRun,
  { action, rule, line, expiresInDays }: NonNullable<OracleStep["decide"]>,
  companyId: number,
): Promise<Expectation> {
  const query = db.sql
    .selectFrom("findings")
    .innerJoin("finding_rules", "finding_rules.id", "findings.rule_id")
    .innerJoin("finding_locations", "finding_locations.finding_id", "findings.id")
    .select(["findings.id", "finding_locations.start_line"])
    .where("findings.company_id", "=", companyId)
    .where("finding_rules.key", "=", rule);
  const places = await fetchAll(db, query);
  const chosen = line === undefined ? places : places.filter(({ startLine }) => startLine === line);
  if (chosen.length === 0) throw new Error(`there is no finding of the rule ${rule}`);
  const { changed, unchanged, refused } = await decideFindings(db, {
    ids: [...new Set(chosen.map(({ id }) => id))],
    action,
    reason: "The oracle says so.",
    ...(expiresInDays === undefined ? {} : { until: after(clock.now(), expiresInDays * day) }),
  });
  return { changed, unchanged, refused: refused.length };
}

async function importFile(
  run: SequenceRun,
  { options = {} }: OracleStep,
  { path, companyId }: { path: string; companyId: number },
): Promise<Expectation> {
  const { company: _, scannedAt, covers, ...given } = options;
  const told = scannedAt === "now" ? run.clock.now() : scannedAt;
  const receipt = await importOrRefusal(run.db, {
    ...given,
    ...(covers === undefined ? {} : { covers: [...covers] }),
    ...(told === undefined ? {} : { scannedAt: new Date(told) }),
    companyId,
    source: fileSource(run.folder, path),
  });
  if (typeof receipt["importId"] === "number") run.lastImport = receipt["importId"];
  return receipt;
}
