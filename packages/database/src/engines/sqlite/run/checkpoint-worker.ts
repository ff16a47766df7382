import { parentPort, workerData } from "node:worker_threads";
import { openExisting } from "../connect/open-existing.ts";
import { intervalMs, logBytesOf, passiveBytes } from "./log-size.ts";

/** What the thread is told: to end, or that a long reader begins or ends. */
export type CheckpointerMessage = "stop" | "hold" | "resume";

/** Size from which writers are held up for a moment so that the log can start over, in bytes. */
const restartBytes = 64 * 1024 * 1024;
/** Longest wait for the writers' lock, in milliseconds. */
const lockTimeoutMs = 100;

const { file } = workerData as { file: string };
const database = openExisting(file, { timeout: lockTimeoutMs });
database.exec("PRAGMA synchronous = FULL");
database.exec(`PRAGMA journal_size_limit = ${restartBytes}`);
const dataVersion = database.prepare("PRAGMA data_version");
let seen: unknown;
/** How many readers keep an old state for long: the log cannot start over under them, and trying holds up writers. */
let holds = 0;

function checkpoint(): void {
  const size = logBytesOf(file);
  if (size < passiveBytes) return;
  const version = dataVersion.get()?.["data_version"];
  if (version === seen) return;
  database.exec(`PRAGMA wal_checkpoint(${size < restartBytes || holds > 0 ? "PASSIVE" : "TRUNCATE"})`);
  seen = version;
}

const timer = setInterval(() => {
  try {
    checkpoint();
  } catch {
    // Busy or out of disk: the log stays as it is, and the next turn tries again.
  }
}, intervalMs);

parentPort?.on("message", (message: CheckpointerMessage) => {
  if (message === "hold") holds += 1;
  if (message === "resume") holds -= 1;
  if (message !== "stop") return;
  clearInterval(timer);
  database.close();
  parentPort?.close();
});
