import { expect, test } from "vitest";
import { getAuditLogs } from "../../src/audit/get-audit-logs.ts";
import { logAudit } from "../../src/operation/log-audit.ts";
import { transaction } from "../../src/database/transaction.ts";
import { rotateAuditLogs } from "../../src/upkeep/rotate-audit-logs.ts";
import { describeOnEachEngine } from "../support/engines.ts";

describeOnEachEngine("Rotating the audit log", (context) => {
  const log = async (action: string, count = 1) => {
    await transaction(context.db, async (tx) => {
      for (let index = 0; index < count; index += 1) await logAudit(tx, { action, metadata: { index } });
    });
  };
  const count = async (action: string) => (await getAuditLogs(context.db, { action, limit: 1000 })).items.length;

  test("archives old rows before it deletes them, keeps the others, and says so in the log", async () => {
    const { db, clock } = context;
    await log("old", 3);
    clock.advance({ days: 365, milliseconds: 1 });
    await log("recent", 2);
    const archived: unknown[] = [];
    const archive = async (rows: readonly { action: string; metadataJson: unknown }[]) => {
      expect(await count("old")).toBe(3);
      archived.push(...rows.map(({ action, metadataJson }) => [action, metadataJson]));
    };
    expect(await rotateAuditLogs(db, { archive })).toEqual({ rotated: 3 });
    expect(archived).toEqual([0, 1, 2].map((index) => ["old", { index }]));
    expect([await count("old"), await count("recent")]).toEqual([0, 2]);
    const { items } = await getAuditLogs(db, { action: "audit_logs_rotated" });
    expect(items.map(({ metadataJson }) => metadataJson)).toEqual([{ keepDays: 365, archived: true, rows: 3 }]);
    expect(await rotateAuditLogs(db, { archive })).toEqual({ rotated: 0 });
  });

  test("deletes nothing when the archive fails", async () => {
    const { db, clock } = context;
    await log("kept");
    clock.advance({ days: 31 });
    const archive = () => Promise.reject(new Error("The disk is full."));
    await expect(rotateAuditLogs(db, { keepDays: 30, archive })).rejects.toThrow("The disk is full.");
    expect(await count("kept")).toBe(1);
  });

  test("works in chunks", async () => {
    const { db, clock } = context;
    await log("many", 2500);
    clock.advance({ days: 31 });
    const sizes: number[] = [];
    const archive = async (rows: readonly unknown[]) => void sizes.push(rows.length);
    const { rotated } = await rotateAuditLogs(db, { keepDays: 30, archive });
    expect(rotated).toBeGreaterThanOrEqual(2500);
    expect(Math.max(...sizes)).toBe(2000);
    expect(await count("many")).toBe(0);
  });

  test.each([{ keepDays: 0 }, { keepDays: -1 }, { archive: "file" }, { days: 3 }])(
    "attack: refuses the options %j",
    async (options) => {
      const outcome = rotateAuditLogs(context.db, options as object);
      await expect(outcome).rejects.toMatchObject({ code: "INVALID_INPUT", field: Object.keys(options)[0] });
    },
  );
});
