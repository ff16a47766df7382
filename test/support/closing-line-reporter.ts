import type { Reporter, TestModule, TestRunEndReason } from "vitest/node";

/** Ends the output with one plain line of totals that other programs can read. */
export class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], reason: TestRunEndReason): void {
    const counts = { passed: 0, failed: errors.length, skipped: 0 };
    for (const module of modules) {
      for (const { state } of [...module.children.allTests()].map((test) => test.result())) {
        if (state !== "pending") counts[state] += 1;
      }
      // A file that broke before or beside its tests is a failure that no test of it counts.
      counts.failed += module.errors().length;
    }
    // A run that never came to its tests (no server, no files, interrupted) must not read like a clean one.
    if (reason !== "passed" && counts.failed === 0) counts.failed = 1;
    const line = `${counts.passed} passed, ${counts.failed} failed`;
    process.once("exit", () => process.stdout.write(`${line}${counts.skipped ? `, ${counts.skipped} skipped` : ""}\n`));
  }
}

export default ClosingLineReporter;
