import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withLock } from "../scripts/lock.mjs";
import { nodeMajor, runQuietly } from "../scripts/processes.mjs";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nerve-scripts-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const processes = JSON.stringify(new URL("../scripts/processes.mjs", import.meta.url).href);
const runs = (script: string) => [`--input-type=module`, "--eval", script];
const poll = { pollMilliseconds: 5 };

/** Starts what `npm start` is: a script that runs a server; resolves once the server says that it serves. */
async function startServing(): Promise<{ script: ChildProcess; serverId: number }> {
  const server = `process.on("SIGTERM", () => process.exit(7)); setInterval(() => {}, 1000); console.log(process.pid);`;
  const start = `import { runToEnd } from ${processes};
    process.exitCode = await runToEnd(process.execPath, ["--eval", ${JSON.stringify(server)}]);`;
  const script = spawn(process.execPath, runs(start), { stdio: ["ignore", "pipe", "inherit"] });
  const [said] = (await once(script.stdout, "data")) as [Buffer];
  return { script, serverId: Number(said.toString()) };
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

/** An account that owns nothing here, where this one may ask as it. */
const stranger = { uid: 65_534, gid: 65_534 };
const canBeStranger = process.getuid?.() === 0 && spawnSync(process.execPath, ["--version"], stranger).status === 0;

test.runIf(canBeStranger)("who may not write the checkout is told so, and how to start what is built there", () => {
  cpSync(fileURLToPath(new URL("../scripts", import.meta.url)), join(folder, "scripts"), { recursive: true });
  chmodSync(folder, 0o755);
  const start = () => spawnSync(process.execPath, [join(folder, "scripts", "start.mjs")], stranger);
  const told = `This account may not write ${folder}/ (EACCES), where packages are installed and built.\n`;
  const first = start();
  expect([first.status, first.stderr.toString()]).toEqual([
    1,
    expect.stringContaining(`${told}Nothing is built there yet`),
  ]);
  mkdirSync(join(folder, "packages", "cli", "dist"), { recursive: true });
  writeFileSync(join(folder, "packages", "cli", "dist", "main.js"), "");
  const built = start();
  expect([built.status, built.stderr.toString()]).toEqual([
    1,
    expect.stringMatching(/^This account .*\n.* npx nerve serve\n$/s),
  ]);
});

test("a signal to the script reaches the server, whose exit code comes back, and nothing is left running", async () => {
  const { script, serverId } = await startServing();
  expect(isRunning(serverId)).toBe(true);
  script.kill("SIGTERM");
  expect(await once(script, "exit")).toEqual([7, null]);
  expect(isRunning(serverId)).toBe(false);
});

test("a program's output is kept, and an end by a signal is an exit code like a shell's", async () => {
  const script = `console.log("out"); console.error("err"); process.kill(process.pid, "SIGKILL");`;
  const { code, output } = await runQuietly(process.execPath, ["--eval", script]);
  expect({ code, words: output.split("\n").toSorted() }).toEqual({ code: 137, words: ["", "err", "out"] });
});

test("a Node's major version is known, and 0 for what does not run", () => {
  expect(nodeMajor(process.execPath)).toBe(Number(process.versions.node.split(".")[0]));
  expect(nodeMajor(join(folder, "node"))).toBe(0);
});

test("work under one lock never overlaps", async () => {
  const lock = join(folder, "cache", "lock");
  const events: string[] = [];
  const work = (name: string) => async () => {
    events.push(`${name} begins`);
    await Promise.resolve();
    events.push(`${name} ends`);
  };
  await Promise.all(["a", "b", "c"].map((name) => withLock(lock, work(name), poll)));
  const names = events.map((event) => event[0]);
  expect(events).toHaveLength(6);
  expect([names[0], names[2], names[4]]).toEqual([names[1], names[3], names[5]]);
  expect(existsSync(lock)).toBe(false);
});

test("the lock of a process that died is taken over", async () => {
  const lock = join(folder, "lock");
  const { output } = await runQuietly(process.execPath, ["--eval", "console.log(process.pid)"]);
  writeFileSync(lock, output.trim());
  expect(await withLock(lock, () => Promise.resolve(readFileSync(lock, "utf8")), poll)).toBe(String(process.pid));
});

test("the lock is free again after work that failed", async () => {
  const lock = join(folder, "lock");
  await expect(withLock(lock, () => Promise.reject(new Error("no space")), poll)).rejects.toThrow("no space");
  expect(existsSync(lock)).toBe(false);
});
