import { expect, test } from "vitest";
import { severityOf } from "../../../src/surface/deciding/severity-of.ts";

test("a person's severity stays, whatever is reported", () => {
  expect(severityOf({ severity: "low", severityOverridden: true }, "critical")).toBe("low");
  expect(severityOf({ severity: "critical", severityOverridden: true }, "info")).toBe("critical");
});

test("otherwise it follows the tool, also once the person's is withdrawn", () => {
  expect(severityOf({ severity: "low", severityOverridden: false }, "critical")).toBe("critical");
  expect(severityOf(null, "medium")).toBe("medium");
});
