import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/**
 * Does something while no other process of this machine does it: the lock is a file that holds its owner's process id.
 *
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {{ pollMilliseconds?: number }} [options] how long to wait between two looks at a lock that is taken
 * @returns {Promise<T>} what the work returns
 */
export async function withLock(file, work, { pollMilliseconds = 200 } = {}) {
  mkdirSync(dirname(file), { recursive: true });
  while (!(await take(file, pollMilliseconds))) await delay(pollMilliseconds);
  const release = () => rmSync(file, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
}

/**
 * @param {string} file
 * @param {number} pollMilliseconds
 */
async function take(file, pollMilliseconds) {
  const own = String(process.pid);
  try {
    writeFileSync(file, own, { flag: "wx" });
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
  if (isRunning(Number(read(file)))) return false;
  // Its owner died. Of several that find this out, the last to put its name there has the lock.
  writeFileSync(`${file}.${own}`, own);
  renameSync(`${file}.${own}`, file);
  await delay(pollMilliseconds);
  return read(file) === own;
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** @param {number} processId 0 where the file is empty or gone: its owner is just writing or removing it */
function isRunning(processId) {
  if (processId === 0) return true;
  try {
    return process.kill(processId, 0);
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
