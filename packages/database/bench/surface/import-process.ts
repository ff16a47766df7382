// A process of its own that imports a report, and tells how much memory it had before and at most.
import { openDatabase } from "../../src/opening/open-database.ts";
import { importReport, reportFile } from "../../src/surface/index.ts";
import { benchOptions } from "../places.ts";

/** What it is told. */
export interface ImportOrder {
  readonly url: string;
  readonly file: string;
  readonly companyId: number;
}

/** What it tells, in bytes. */
export interface MemoryUsed {
  readonly rest: number;
  readonly most: number;
}

const { url, file, companyId } = JSON.parse(process.argv[2] ?? "{}") as ImportOrder;
const db = await openDatabase(url, benchOptions);
const source = await reportFile(file);
const rest = process.memoryUsage.rss();
let most = rest;
const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
await importReport(db, { companyId, format: "nerve", source });
clearInterval(watch);
await db.close();
console.log(JSON.stringify({ rest, most } satisfies MemoryUsed));
