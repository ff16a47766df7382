import { severities } from "@nerve/formats";
import { expect, test } from "vitest";
import type { Database } from "../../../src/database/handle.ts";
import { fetchAll } from "../../../src/database/statement.ts";
import { after, hour } from "../../../src/database/durations.ts";
import { DatabaseError } from "../../../src/errors/index.ts";
import { type DecisionAction, decisionActions } from "../../../src/surface/deciding/transitions.ts";
import {
  decideFindings,
  expireRiskAcceptances,
  type ImportReceipt,
  importReport,
  undoImport,
} from "../../../src/surface/index.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { expectTrueCounts } from "../../support/surface/finding-counts.ts";
import { type Random, randomFrom } from "../../support/random.ts";
import type { ModelReceipt, ModelReport, SeenPlace } from "../support/model.ts";
import { ReplayedModel, type Terms } from "../support/replay.ts";
import { linesOf, makeCompany, reportOf } from "../support/reports.ts";

const hostOf = (asset: string) => `${asset}.example.org`;

function anyReport(random: Random, now: Date): ModelReport {
  const places = Array.from({ length: random.below(5) }, (): SeenPlace => {
    const asset = random.pick(["a", "b"]);
    return {
      finding: `${asset}${random.below(2)}`,
      asset,
      place: `/${random.below(2)}`,
      severity: random.pick(severities),
      suppressed: random.below(5) === 0,
    };
  });
  return {
    series: random.pick(["s", "t"]),
    scannedAt: new Date(now.getTime() - random.below(3) * 3_600_000),
    partial: random.below(8) === 0,
    covers: random.pick<ModelReport["covers"]>(["all", "all", [], ["a"], ["a", "b"]]),
    asNewest: random.below(2) === 0,
    places,
  };
}

async function importLikeModel(db: Database, companyId: number, report: ModelReport): Promise<ImportReceipt | null> {
  const lines = report.places.map(({ finding, asset, place, severity, suppressed = false }) => ({
    rule: finding,
    asset: `https://${hostOf(asset)}`,
    severity,
    at: [place],
    state: suppressed ? "suppressed" : "present",
  }));
  const { series, covers, partial = false, asNewest = false, scannedAt } = report;
  const coverage = covers === "all" ? { complete: true } : { covers: covers.map(hostOf) };
  const options = { companyId, series, partial, asNewest, ...coverage, ...(scannedAt && { scannedAt }) };
  const source = reportOf(linesOf(lines));
  return orRefusal("REPORT_OUT_OF_DATE", null, importReport(db, { ...options, format: "nerve", source }));
}

/** What an operation answers, or something else where it is refused with a code. */
async function orRefusal<T, Other>(code: string, other: Other, answer: Promise<T>): Promise<T | Other> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof DatabaseError && error.code === code) return other;
    throw error;
  }
}

/** What a receipt tells of findings. */
function numbersOf(receipt: ModelReceipt) {
  const { created, reactivated, untouched, closed } = receipt;
  return {
    created: created.length,
    reactivated: reactivated.length,
    untouched: untouched.length,
    closed: closed.length,
  };
}

/** State, severity and places that are there of every finding, by its rule. */
async function readFindings(db: Database, companyId: number) {
  const query = db.sql
    .selectFrom("findings")
    .innerJoin("finding_rules", "finding_rules.id", "findings.rule_id")
    .leftJoin("finding_locations", (join) =>
      join.onRef("finding_locations.finding_id", "=", "findings.id").on("finding_locations.present", "=", true),
    )
    .select(["findings.id", "finding_rules.key", "findings.status", "findings.severity"])
    .select(["finding_locations.id as place"])
    .where("findings.company_id", "=", companyId);
  const rows = Map.groupBy(await fetchAll(db, query), ({ key }) => key);
  return new Map(
    [...rows].map(([key, some]) => {
      const [{ id, status, severity }] = some as [(typeof some)[number]];
      return [key, { id, status, severity, places: some.filter(({ place }) => place !== null).length }];
    }),
  );
}

function modelFindings({ findings }: ReplayedModel) {
  return Object.fromEntries(
    [...findings].map(([name, { status, severity, places }]) => [
      name,
      { status, severity, places: [...places.values()].filter(({ isPresent }) => isPresent).length },
    ]),
  );
}

interface Decision {
  readonly name: string;
  readonly action: DecisionAction;
  readonly terms: Terms;
}

function anyDecision(random: Random, { findings }: ReplayedModel, now: Date): Decision {
  const name = random.pick([...findings.keys()]);
  // As severe as it is at least: less cannot be accepted.
  const worse = severities.slice(0, severities.indexOf(findings.get(name)?.severity ?? "critical") + 1);
  const expiresAt = after(now, (1 + random.below(6)) * hour);
  return { name, action: random.pick(decisionActions), terms: { maxSeverity: random.pick(worse), expiresAt } };
}

async function decideLikeModel(db: Database, id: number, { action, terms }: Decision): Promise<string> {
  const { maxSeverity, expiresAt: until } = terms;
  const accepting = action === "accept-risk" ? { maxSeverity, until } : {};
  const decision = { ids: [id], action, reason: "It was looked at.", ...accepting };
  const answer = await orRefusal("TRANSITION_REFUSED", null, decideFindings(db, decision));
  if (answer === null) return "refused";
  return answer.changed === 1 ? "changed" : "unchanged";
}

/** A company beside its model; both are told the same, and what they were told is shown where they differ. */
class Pair {
  readonly db: Database;
  readonly companyId: number;
  readonly model = new ReplayedModel();
  readonly told: string[] = [];

  constructor(db: Database, companyId: number) {
    this.db = db;
    this.companyId = companyId;
  }

  expectSame(told: string, answer: unknown, expected: unknown): void {
    this.told.push(told);
    expect({ told: this.told, answer }).toEqual({ told: this.told, answer: expected });
  }

  async import(random: Random): Promise<void> {
    const now = this.db.clock.now();
    const report = anyReport(random, now);
    const receipt = await importLikeModel(this.db, this.companyId, report);
    const expected = this.model.import(report, now, receipt?.importId ?? 0);
    const numbers = expected === null ? null : expect.objectContaining(numbersOf(expected));
    this.expectSame(`import ${receipt?.importId} ${JSON.stringify(report)}`, receipt, numbers);
  }

  async undo(random: Random): Promise<void> {
    const id = random.pick(this.model.imports.slice(-4));
    const answer = await orRefusal("UNDO_BLOCKED", "blocked", undoImport(this.db, { id }));
    this.expectSame(`undo ${id}`, answer !== "blocked", this.model.undo(id));
  }

  async decide(random: Random): Promise<void> {
    const now = this.db.clock.now();
    const decision = anyDecision(random, this.model, now);
    const { name, action, terms } = decision;
    const found = (await readFindings(this.db, this.companyId)).get(name);
    const answer = await decideLikeModel(this.db, found?.id as number, decision);
    this.expectSame(JSON.stringify(decision), answer, this.model.decide(name, action, now, terms));
  }

  async endAcceptances(): Promise<void> {
    const now = this.db.clock.now();
    await expireRiskAcceptances(this.db);
    this.told.push(`it is ${now.toISOString()}: ${this.model.endAcceptances(now)} accepted no more`);
  }

  async expectAlike(): Promise<void> {
    const found = await readFindings(this.db, this.companyId);
    const findings = Object.fromEntries(
      [...found].map(([name, { status, severity, places }]) => [name, { status, severity, places }]),
    );
    expect({ told: this.told, findings }).toEqual({ told: this.told, findings: modelFindings(this.model) });
    await expectTrueCounts(this.db, this.companyId);
  }
}

describeOnEachEngine("Imports beside the model", (context) => {
  test.each([1, 2, 3])("lead to the same findings through reports, undos, decisions and hours: %i", async (seed) => {
    const { db, clock } = context;
    const random = randomFrom(seed);
    const pair = new Pair(db, await makeCompany(db));
    for (let step = 0; step < 12; step += 1) {
      const kind = random.below(8);
      if (kind === 0) {
        clock.advance({ hours: random.below(3) });
        await pair.endAcceptances();
      } else if (kind < 3 && pair.model.imports.length > 0) await pair.undo(random);
      else if (kind < 5 && pair.model.findings.size > 0) await pair.decide(random);
      else await pair.import(random);
      await pair.expectAlike();
    }
    expect(pair.told).toHaveLength(12);
  });
});
