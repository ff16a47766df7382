import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

const module = new URL("../../src/logging/create-logger.ts", import.meta.url).href;

/** Runs a program that logs a line and then ends, and gives what it wrote. */
function logAndThen(end: string): string {
  const program = `import { createLogger } from ${JSON.stringify(module)};
    createLogger("info").info("the last line");
    ${end}`;
  const options = ["--conditions=@nerve/source", "--input-type=module", "--eval", program];
  return spawnSync(process.execPath, options, { encoding: "utf8" }).stderr;
}

test.each([
  ["ends by itself", ""],
  ["is ended", "process.exit(3);"],
  ["fails", "throw new Error('unforeseen');"],
  ["waits for something else", "setTimeout(() => process.kill(process.pid, 'SIGKILL'), 1000);"],
])("a line is written though lines are gathered, when the program %s", (_how, end) => {
  expect(logAndThen(end)).toContain('"msg":"the last line"');
});
