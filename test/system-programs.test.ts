import { afterEach, expect, test, vi } from "vitest";
import { findSystemProgram } from "./support/system-programs.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

test("a missing program fails continuous integration, and the error says what to install", () => {
  vi.stubEnv("CI", "true");
  vi.stubEnv("PATH", "");
  expect(() => findSystemProgram("psql")).toThrow("apt-get install postgresql-client");
});

test("a missing program is undefined on a machine that need not have it", () => {
  vi.stubEnv("CI", undefined);
  vi.stubEnv("PATH", "");
  expect(findSystemProgram("psql")).toBeUndefined();
});
