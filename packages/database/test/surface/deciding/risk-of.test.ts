import { severities } from "@nerve/formats";
import { expect, test } from "vitest";
import { riskOf } from "../../../src/surface/deciding/risk-of.ts";

const usual = { severity: "medium", exploited: false, epss: null, criticality: 2 } as const;

test("the severity leads", () => {
  expect(severities.map((severity) => riskOf({ ...usual, severity }))).toEqual([800, 600, 400, 200, 0]);
});

test("exploitation and what the asset is worth raise it", () => {
  expect(riskOf({ ...usual, exploited: true })).toBe(650);
  expect(riskOf({ ...usual, epss: 0.5 })).toBe(450);
  expect(riskOf({ ...usual, epss: 0 })).toBe(400);
  expect([0, 1, 2, 3, 4].map((criticality) => riskOf({ ...usual, criticality }))).toEqual([350, 375, 400, 425, 450]);
});

test("it is a whole number, and never below 0", () => {
  expect(riskOf({ ...usual, epss: 0.97565 })).toBe(498);
  expect(riskOf({ ...usual, severity: "info", criticality: 0 })).toBe(0);
  expect(riskOf({ severity: "critical", exploited: true, epss: 1, criticality: 4 })).toBe(1200);
});
