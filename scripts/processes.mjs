import { spawn, spawnSync } from "node:child_process";
import { constants } from "node:os";

/**
 * Runs a program to its end, with this process's terminal, and passes on the signals that ask this process to end.
 *
 * @param {string} program
 * @param {readonly string[]} options
 * @param {import("node:child_process").SpawnOptions} [settings]
 * @returns {Promise<number>} its exit code; 128 and the signal's number where a signal ended it
 */
export function runToEnd(program, options, settings = {}) {
  return untilEnd(spawn(program, options, { stdio: "inherit", ...settings }));
}

/**
 * Runs a program to its end, and keeps what it writes.
 *
 * @param {string} program
 * @param {readonly string[]} options
 * @param {import("node:child_process").SpawnOptions} [settings]
 */
export async function runQuietly(program, options, settings = {}) {
  const child = spawn(program, options, { ...settings, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  return { code: await untilEnd(child), output };
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @returns {Promise<number>}
 */
function untilEnd(child) {
  return new Promise((resolve, reject) => {
    /** @param {NodeJS.Signals} signal */
    const passOn = (signal) => {
      // A terminal sends Ctrl-C to every process in it; a second one would read as impatience.
      if (signal === "SIGTERM" || !process.stdin.isTTY) child.kill(signal);
    };
    const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
    for (const signal of signals) process.on(signal, passOn);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      for (const name of signals) process.off(name, passOn);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/**
 * Tells the major version of a Node program, 0 when it does not run on this machine.
 *
 * @param {string} program
 */
export function nodeMajor(program) {
  const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
  return Number(/^v(\d+)\./.exec(stdout ?? "")?.[1] ?? 0);
}
