import { expect, test } from "vitest";
import { fetchAll } from "../../src/database/statement.ts";
import { migrate } from "../../src/migrations/migrator.ts";
import { createTestCompany } from "../support/people/accounts.ts";
import { describeOnEachEngine } from "../support/engines.ts";
import { rollBackBefore } from "../support/roll-back.ts";
import { makeFinding } from "../support/surface/findings.ts";

describeOnEachEngine("Findings of a version in which only rules said what they are about", (context) => {
  test("are about what their rule is about afterwards, and about nothing known where it did not say", async () => {
    const { db } = context;
    const { id: companyId } = await createTestCompany(db);
    const ids = [(await makeFinding(db, { companyId })).id, (await makeFinding(db, { companyId })).id];
    await rollBackBefore(db, "0025");
    const run = (sql: string) => db.executor.run({ sql, readOnly: false, recurring: false }, []);
    await run(`UPDATE finding_rules SET finding_kind = NULL`);
    await run(
      `UPDATE finding_rules SET finding_kind = 'open-redirect' WHERE id = (SELECT rule_id FROM findings WHERE id = ${ids[0]})`,
    );
    await migrate(db);
    const query = db.sql.selectFrom("findings").select("finding_kind").where("id", "in", ids).orderBy("id");
    expect(await fetchAll(db, query)).toEqual([{ findingKind: "open-redirect" }, { findingKind: "unclassified" }]);
  });
});
