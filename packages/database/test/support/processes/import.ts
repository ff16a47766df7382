// A process of its own that imports a report in slices, says when it has merged two of them, and then does nothing any more.
import { writeSync } from "node:fs";
import { openDatabase } from "../../../src/opening/open-database.ts";
import { importReport, reportFile } from "../../../src/surface/index.ts";
import { testClock } from "../clock.ts";
import { testKeys } from "../keys.ts";

interface Order {
  readonly url: string;
  readonly path: string;
  readonly companyId: number;
  readonly now: string;
}

const { url, path, companyId, now } = JSON.parse(process.argv[2] ?? "{}") as Order;
const db = await openDatabase(url, { synchronous: "normal", keys: testKeys, clock: testClock(new Date(now)) });
await importReport(db, {
  companyId,
  source: await reportFile(path),
  format: "nerve",
  complete: true,
  sliceRecords: 10,
  onProgress({ records }) {
    if (records < 20) return;
    writeSync(1, "reached");
    // The process has no more time of its own: nothing is written, and no turn given back.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
});
