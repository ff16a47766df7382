import { expect, test } from "vitest";
import { formatMovingSummary } from "../src/commands/moving/summary.ts";

const moved = {
  tables: [],
  rejectedTotal: 0,
  adjustedTotal: 0,
  reasons: [],
  sequencesSet: 0,
  durationMs: 7,
  extraTables: [],
  extraColumns: [],
};
const nothing = { scans: 0, findings: 0, withoutCompany: 0, unread: 0, rejectedEntries: 0 };
const tell = (scans: Partial<typeof nothing>) =>
  formatMovingSummary({ ...moved, scans: { ...nothing, ...scans } }, {}).join("\n");

test("an import of an older database tells what became of its scans, and only what there is to tell", () => {
  const told = tell({ scans: 3, findings: 12, withoutCompany: 2, unread: 1, rejectedEntries: 4 });
  expect(told).toContain(
    "Findings made of scans of the attack surface: 12. Scans read: 3; of no company: 2; not readable: 1; " +
      "entries that say too little: 4.",
  );
  expect(tell({ scans: 1, findings: 2 })).toContain("attack surface: 2. Scans read: 1.\n");
  expect(formatMovingSummary(moved, {}).join("\n")).not.toContain("Scans");
});
