import { expect, test } from "vitest";
import { createTestCompany, createTestUser } from "../support/people/accounts.ts";
import { inCompany } from "../support/people/callers.ts";
import { describeOnEachEngine } from "../support/engines.ts";
import { getSecurityEvents, getLoginAttempts } from "../../src/security/index.ts";
import { getXasmScanById } from "../../src/scans/index.ts";
import { migrate } from "../../src/migrations/migrator.ts";
import { rollBackBefore } from "../support/roll-back.ts";

describeOnEachEngine("Rows of a version in which records did not name their company", (context) => {
  test("belong to their owner's company afterwards, and those of nobody to none", async () => {
    const { db } = context;
    await rollBackBefore(db, "0011");
    const { id: companyId } = await createTestCompany(db);
    const { id: userId } = await createTestUser(db, { company_id: companyId });
    const now = context.engine === "sqlite" ? String(context.clock.now().getTime()) : "now()";
    const run = (sql: string) => db.executor.run({ sql, readOnly: false, recurring: false }, []);
    await run(
      `INSERT INTO xasm_scan_history (scan_id, target, timestamp, user_id, updated_at) VALUES ('old', 'example.org', ${now}, ${userId}, ${now})`,
    );
    for (const owner of [String(userId), "NULL"]) {
      await run(
        `INSERT INTO security_events (event_type, severity, description, user_id, created_at) VALUES ('old', 'low', 'Old.', ${owner}, ${now})`,
      );
      await run(
        `INSERT INTO login_attempts (email, ip_address, success, user_id, attempted_at) VALUES ('a@example.org', '192.0.2.1', ${context.engine === "sqlite" ? "0" : "false"}, ${owner}, ${now})`,
      );
    }
    await migrate(db);
    const caller = inCompany(companyId);
    expect(await getXasmScanById(db, { scanId: "old" }, caller)).toMatchObject({ userId, companyId });
    const since = new Date(0);
    for (const list of [getSecurityEvents, getLoginAttempts]) {
      expect((await list(db, { since }, caller)).items).toMatchObject([{ userId, companyId }]);
      const all = (await list(db, { since })).items.map((item) => item.companyId);
      expect(new Set(all)).toEqual(new Set([companyId, null]));
    }
  });
});
