// A process of its own that backs up or restores, and stands still at a step, so that a test can kill it there.
import { writeSync } from "node:fs";
import { openDatabase } from "../../../src/opening/open-database.ts";
import { testKeys } from "../keys.ts";
import { createBackup, restoreBackup } from "../../../src/operations/backup/index.ts";

interface Order {
  readonly task: "create" | "restore";
  readonly url: string;
  /** Folder of a new backup, or path of the one to restore. */
  readonly place: string;
  readonly stopAt?: string;
}

const { task, url, place, stopAt } = JSON.parse(process.argv[2] ?? "{}") as Order;
const onProgress = (step: string) => {
  if (step !== stopAt) return;
  writeSync(1, "reached");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
};
const report = (outcome: unknown) => writeSync(1, JSON.stringify(outcome));
const db = await openDatabase(url, { keys: testKeys });
try {
  if (task === "create") report(await createBackup(db, { folder: place, onProgress }));
  else report(await restoreBackup(db, place, { confirm: true, onProgress }));
} catch (error) {
  report({ code: (error as { code?: string }).code, message: (error as Error).message });
} finally {
  await db.close();
}
