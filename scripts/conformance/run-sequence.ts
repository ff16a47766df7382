import { createCompany } from "@nerve/database";
import { differences } from "./differences.ts";
import type { OracleSequence } from "./oracle.ts";
import { openFresh, type Places } from "./places.ts";
import { readState } from "./read-state.ts";
import { runStep, type SequenceRun } from "./steps.ts";

interface StepDifference {
  /** From 1. */
  readonly step: number;
  readonly difference: string;
}

/** Follows a sequence in a fresh database with the companies `a` and `b`, and tells what differs; what throws ends it. */
export async function runSequence(
  folder: string,
  { steps }: OracleSequence,
  places: Places,
): Promise<StepDifference[]> {
  await using opened = await openFresh(places);
  const { db } = opened;
  const companies = new Map<string, number>();
  for (const name of ["a", "b"])
    companies.set(name, (await createCompany(db, { name, primaryDomain: `${name}.example` })).id);
  const run: SequenceRun = { ...opened, folder, companies, lastImport: 0 };
  const found: StepDifference[] = [];
  for (const [index, step] of steps.entries()) {
    try {
      const { companyId, result } = await runStep(run, step);
      const lines = differences(step.expect ?? {}, result);
      if (step.after !== undefined) lines.push(...differences(step.after, await readState(db, companyId)));
      found.push(...lines.map((difference) => ({ step: index + 1, difference })));
    } catch (error) {
      found.push({ step: index + 1, difference: error instanceof Error ? error.message : String(error) });
      break;
    }
  }
  return found;
}
