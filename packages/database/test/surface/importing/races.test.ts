import { expect, test } from "vitest";
import type { Database } from "../../../src/database/handle.ts";
import { fetchAll } from "../../../src/database/statement.ts";
import { decideFindings, ReportError, undoImport } from "../../../src/surface/index.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { expectTrueCounts } from "../../support/surface/finding-counts.ts";
import { importLines, makeCompany } from "../support/reports.ts";

const size = 10;
const lines = Array.from({ length: size }, (_, index) => ({ rule: `rule-${index}`, at: ["/a", "/b"] }));

/** How many findings there are by state, and how many of their places are there. */
async function countFindings(db: Database, companyId: number) {
  const findings = db.sql.selectFrom("findings").select("status").where("company_id", "=", companyId);
  const places = db.sql.selectFrom("finding_locations").select("present").where("company_id", "=", companyId);
  const byStatus = Map.groupBy(await fetchAll(db, findings), ({ status }) => status);
  const present = (await fetchAll(db, places)).filter((place) => place.present);
  return {
    findings: Object.fromEntries([...byStatus].map(([status, some]) => [status, some.length])),
    places: present.length,
  };
}

/** What becomes of an undo. */
async function undone(db: Database, id: number): Promise<string> {
  try {
    await undoImport(db, { id });
    return "undone";
  } catch (error) {
    if (error instanceof ReportError) return error.code;
    throw error;
  }
}

describeOnEachEngine("Races of imports:", (context) => {
  /** Connections that are at it at once. */
  async function eight(): Promise<Database[]> {
    const others = [context.db, await another()];
    return Array.from({ length: 8 }, (_, index) => others[index % 2] as Database);
  }

  let opened: Database | undefined;
  async function another(): Promise<Database> {
    opened ??= await context.openAnother();
    return opened;
  }

  test("eight series that see the same at once make one finding of it", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const receipts = await Promise.all(
      (await eight()).map((one, index) => importLines(one, companyId, lines, { series: `s${index}`, sliceRecords: 5 })),
    );
    const sum = (name: "created" | "untouched") => receipts.reduce((all, receipt) => all + receipt[name], 0);
    expect({ created: sum("created"), untouched: sum("untouched") }).toEqual({ created: size, untouched: 7 * size });
    expect(await countFindings(db, companyId)).toEqual({ findings: { open: size }, places: 16 * size });
    await expectTrueCounts(db, companyId);
  });

  test("imports of one series take turns, each of them whole", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    const reports = [lines.slice(size / 2), lines];
    const options = { sliceRecords: 5, asNewest: true };
    const others = [db, await another()];
    await Promise.all(others.map((one, index) => importLines(one, companyId, reports[index] ?? [], options)));
    const { findings, places } = await countFindings(db, companyId);
    // What the last of them showed is there, and nothing else.
    const { open = 0, resolved = 0 } = findings;
    expect([size / 2, size]).toContain(open);
    expect({ all: open + resolved, places }).toEqual({ all: size, places: 2 * open });
    await expectTrueCounts(db, companyId);
  });

  test("what people decide while an import runs stays", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    await importLines(db, companyId, lines);
    const ids = (
      await fetchAll(db, db.sql.selectFrom("findings").select("id").where("company_id", "=", companyId))
    ).map(({ id }) => id);
    const worse = lines.map((line) => ({ ...line, severity: "high" }));
    const [receipt, ...answers] = await Promise.all([
      importLines(db, companyId, worse, { sliceRecords: 5 }),
      ...(await eight()).map((one, index) =>
        decideFindings(one, { ids: [ids[index] as number], action: "false-positive", reason: "It is a lure." }),
      ),
    ]);
    expect(receipt).toMatchObject({ findings: size, rescored: size });
    expect(answers).toEqual(answers.map(() => ({ changed: 1, unchanged: 0, refused: [] })));
    expect((await countFindings(db, companyId)).findings).toEqual({ open: size - 8, false_positive: 8 });
    await expectTrueCounts(db, companyId);
  });

  test("an import and the undo of the one before it end as one after the other", async () => {
    const { db } = context;
    const companyId = await makeCompany(db);
    for (let round = 0; round < 4; round += 1) {
      const first = await importLines(db, companyId, lines.slice(round));
      const undo = undone(await another(), first.importId);
      const [outcome, second] = await Promise.all([undo, importLines(db, companyId, lines.slice(round + 1))]);
      const left = size - 1 - round;
      expect(["undone", "UNDO_BLOCKED"]).toContain(outcome);
      expect(second).toMatchObject({ findings: left });
      const { findings, places } = await countFindings(db, companyId);
      expect({ open: findings["open"], places }).toEqual({ open: left, places: 2 * left });
      await expectTrueCounts(db, companyId);
    }
  });
});
