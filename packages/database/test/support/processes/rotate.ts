// A process of its own that rotates keys, and stands still after the first batch, so that a test can kill it there.
import { writeSync } from "node:fs";
import { openDatabase } from "../../../src/opening/open-database.ts";
import { rotateKeys } from "../../../src/operations/keys/index.ts";
import { testKeys } from "../keys.ts";
import { newerKeys } from "../newer-keys.ts";

const { url } = JSON.parse(process.argv[2] ?? "{}") as { url: string };
const db = await openDatabase(url, { keys: newerKeys(testKeys) });
await rotateKeys(db, {
  onProgress({ rewritten }) {
    if (rewritten === 0) return;
    writeSync(1, "reached");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
});
await db.close();
