import { expect, test } from "vitest";
import type { Handle } from "../../../src/database/handle.ts";
import { fetchAll } from "../../../src/database/statement.ts";
import { changeSetCauses } from "../../../src/schema/surface/finding-words.ts";
import type { FindingChangeSet } from "../../../src/surface/changes/finding-change.ts";
import { findingChangeHandlers } from "../../../src/surface/consequences.ts";
import {
  decideFindings,
  expireRiskAcceptances,
  listFindings,
  setSlaPolicy,
  undoImport,
} from "../../../src/surface/index.ts";
import { describeOnEachEngine } from "../../support/engines.ts";
import { expectTrueCounts } from "../../support/surface/finding-counts.ts";
import { loadKev } from "../support/feeds.ts";
import { importLines, makeCompany } from "../support/reports.ts";
import { inDays } from "../support/stated.ts";

const cve = "CVE-2026-9001";

describeOnEachEngine("What changes findings", (context) => {
  test("is handed on in its transaction, whatever the cause, when the rows are written", async () => {
    const { db, clock } = context;
    const companyId = await makeCompany(db);
    const told: [cause: string, kinds: string[]][] = [];
    const follow = async (tx: Handle, set: FindingChangeSet) => {
      if (set.companyId !== companyId) return;
      told.push([set.cause, set.changes.map(({ kind }) => kind)]);
      const ids = set.changes.map(({ findingId }) => findingId);
      const query = tx.sql.selectFrom("findings").select(["id", "status", "severity"]).where("id", "in", ids);
      const rows = new Map((await fetchAll(tx, query)).map((row) => [row.id, row]));
      for (const { findingId, to } of set.changes)
        expect(rows.get(findingId)).toEqual(
          to === null ? undefined : { id: findingId, status: to.status, severity: to.severity },
        );
    };
    const handlers = findingChangeHandlers as (typeof follow)[];
    handlers.push(follow);
    try {
      await importLines(db, companyId, [{ rule: "a", ids: [cve] }, { rule: "b" }]);
      const ids = (await listFindings(db, { companyId })).items.map(({ id }) => id);
      const { importId } = await importLines(db, companyId, [{ rule: "a", ids: [cve] }, { rule: "c" }]);
      await undoImport(db, { id: importId });
      await loadKev(db, [cve]);
      await setSlaPolicy(db, { companyId, policies: [{ severity: "medium", days: 9, exploitedDays: 1 }] });
      await decideFindings(db, { ids, action: "accept-risk", reason: "It is behind a wall.", until: inDays(db, 1) });
      clock.advance({ days: 2 });
      await expireRiskAcceptances(db);
    } finally {
      handlers.pop();
    }
    expect(told.map(([cause, kinds]) => [cause, kinds.toSorted()])).toEqual([
      ["import", ["opened", "opened"]],
      ["import", ["opened"]],
      ["import", ["resolved"]],
      ["undo", ["restored", "withdrawn"]],
      ["feed", ["exploited"]],
      ["policy", ["rescored", "rescored"]],
      ["decision", ["accepted", "accepted"]],
      ["expiry", ["acceptance-ended", "acceptance-ended"]],
    ]);
    expect(new Set(told.map(([cause]) => cause))).toEqual(new Set(changeSetCauses));
    await expectTrueCounts(db, companyId);
  });
});
