import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { findTemporaryFolder } from "./test/support/temporary-folder.ts";

const temporary = findTemporaryFolder();
process.env["TMPDIR"] = temporary;

// Threads and processes that tests start load the sources anew: compiling them is most of what a short one costs.
process.env["NODE_COMPILE_CACHE"] ??= join(import.meta.dirname, "node_modules/.cache/compile");

const conditions = ["@nerve/source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"],
    environment: "node",
    pool: "forks",
    maxWorkers: 2,
    globalSetup: ["test/support/global-setup.ts"],
    reporters: ["default", "./test/support/closing-line-reporter.ts"],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    teardownTimeout: 15_000,
    restoreMocks: true,
    unstubEnvs: true,
  },
});
