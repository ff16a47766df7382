import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { findTemporaryFolder } from "./test/support/temporary-folder.ts";

const temporary = findTemporaryFolder();
process.env["TMPDIR"] = temporary;

// Threads and processes that tests start load the sources anew: compiling them is most of what a short one costs.
process.env["NODE_COMPILE_CACHE"] ??= join(import.meta.dirname, "node_modules/.cache/compile");

const conditions = ["@nerve/source"];

// The global setup resolves packages without the conditions.
const alias = ["formats", "catalogues"].map((name) => ({
  find: `@nerve/${name}`,
  replacement: join(import.meta.dirname, "packages", name, "src/index.ts"),
}));

const files = ["packages/*/test/**/*.test.ts", "test/**/*.test.ts"];

/** Who replaces modules has a process of its own; the others share one, and what it has loaded: that is an eighth of the time. */
const replacing = globSync(files, { cwd: import.meta.dirname }).filter((file) =>
  readFileSync(join(import.meta.dirname, file), "utf8").includes("vi.mock("),
);

export default defineConfig({
  resolve: { conditions, alias },
  ssr: { resolve: { conditions } },
  test: {
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
    projects: [
      { extends: true, test: { name: "shared", include: files, exclude: replacing, isolate: false } },
      { extends: true, test: { name: "alone", include: replacing } },
    ],
  },
});
