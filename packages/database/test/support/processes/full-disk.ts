// A process of its own that makes a database on a small disk, fills that disk, and prints two health reports as JSON:
// one from before, one from after. It is given the engine and the folder of the disk.
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { startPostgresServer } from "../../../../../test/support/postgres-server.ts";
import { openDatabase } from "../../../src/opening/open-database.ts";
import { runHealthCheck } from "../../../src/operations/health/index.ts";

const [engine, folder = ""] = process.argv.slice(2);

function fillDisk(): void {
  const file = openSync(join(folder, "filler"), "w");
  try {
    for (const size of [1024 * 1024, 4096]) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size, 1));
      } catch {
        // Full: the rest in smaller pieces, and then it is.
      }
    }
  } finally {
    closeSync(file);
  }
}

// The server makes its folder where temporary files go.
process.env["TMPDIR"] = folder;
const server = engine === "postgres" ? await startPostgresServer() : undefined;
const db = await openDatabase(server?.url() ?? `sqlite:${join(folder, "data", "ghost.db")}`);
const before = await runHealthCheck(db, { freeBytes: 0, latencyMs: 1e6 });
fillDisk();
const after = await runHealthCheck(db, { freeBytes: 0, latencyMs: 1e6 });
console.log(JSON.stringify([before, after].map(({ healthy, alerts }) => ({ healthy, alerts }))));
await db.close();
await server?.remove();
