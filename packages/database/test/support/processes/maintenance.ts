// A process of its own at the database at the URL it is given. `hold <ms>` takes a job, says so, and never ends it; `run` runs
// the hourly jobs that are due, and prints what each did as JSON.
import { openDatabase } from "../../../src/opening/open-database.ts";
import { takeLease } from "../../../src/schedule/job-table.ts";
import { runMaintenance } from "../../../src/upkeep/jobs/run-maintenance.ts";

const [url = "", task = "", now = "", leaseMs = "0"] = process.argv.slice(2);
const db = await openDatabase(url, { migrations: "ignore", clock: { now: () => new Date(now) } });
if (task === "hold") {
  const options = { holder: "held process", leaseMs: Number(leaseMs), ifDue: false };
  const lease = await takeLease(db, "expired-sessions", options);
  console.log(lease === null ? "refused" : "held");
  setInterval(() => undefined, 60_000);
} else {
  const { jobs } = await runMaintenance(db, "hourly", { ifDue: true, holder: "running process" });
  console.log(JSON.stringify(jobs));
  await db.close();
}
