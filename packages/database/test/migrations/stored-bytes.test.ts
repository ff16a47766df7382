import { expect, test } from "vitest";
import { migrate } from "../../src/migrations/migrator.ts";
import { usageOf } from "../../src/quotas/usage.ts";
import { createTestUser } from "../support/people/accounts.ts";
import { describeOnEachEngine } from "../support/engines.ts";
import { rollBackBefore } from "../support/roll-back.ts";

describeOnEachEngine("Scans of a version without quotas", (context) => {
  test("count with the bytes of what they hold", async () => {
    const { db } = context;
    const { id } = await createTestUser(db);
    await rollBackBefore(db, "0017");
    const now = context.engine === "sqlite" ? String(context.clock.now().getTime()) : "now()";
    const results = JSON.stringify({ found: "ä".repeat(50_000) });
    for (const table of ["xasm_scan_history", "lightbox_scan_history"]) {
      const sql = `INSERT INTO ${table} (scan_id, target, timestamp, user_id, updated_at, results_json) VALUES ('old', 'example.org', ${now}, ${id}, ${now}, '${results}')`;
      await db.executor.run({ sql, readOnly: false, recurring: false }, []);
    }
    await migrate(db);
    const { live } = await usageOf(db, "user_id", id);
    expect(live.rows).toBe(2);
    expect(live.bytes).toBeGreaterThan(200_000);
    expect(live.bytes).toBeLessThan(200_100);
  });
});
