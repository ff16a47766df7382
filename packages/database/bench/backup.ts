import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { createBackup } from "../src/operations/backup/index.ts";
import { logSecurityEvent } from "../src/security/index.ts";
import { type Comparison, explainMissing, type Result } from "./compare.ts";
import type { BenchPlace } from "./places.ts";

const run = promisify(execFile);

/** Compares a backup, verification off, with the one of SQLite's shell. */
export async function backupComparison({ db, file }: BenchPlace): Promise<Comparison> {
  const folder = await mkdtemp(join(tmpdir(), "nerve-bench-backup-"));
  return {
    operation: `createBackup, ${Math.round(statSync(file).size / 1024 / 1024)} MB, verification off`,
    engine: db.engine,
    against: "sqlite3: .backup",
    atLeast: 0.7,
    batch: 1,
    turns: { rounds: 9, warmUps: 2 },
    ours: async () => void (await createBackup(db, { folder, verify: false })),
    other: async () =>
      void (await run("sqlite3", [file, `.backup '${join(folder, "shell.db")}'`]).catch(explainMissing("sqlite3"))),
    cleanUp: async () => {
      await rm(folder, { recursive: true });
      await mkdir(folder, { mode: 0o700 });
    },
  };
}

/** What a writer may wait, in 999 of 1000 writes, in milliseconds. */
const goalMs = 50;
/** Between two writes, in milliseconds. */
const pauseMs = 2;

async function timeWrites({ db }: BenchPlace, goesOn: () => boolean): Promise<number[]> {
  const times: number[] = [];
  while (goesOn()) {
    const started = performance.now();
    await logSecurityEvent(db, { eventType: "bench.backup", severity: "info", description: "A write." });
    times.push(performance.now() - started);
    await sleep(pauseMs);
  }
  return times;
}

function p999(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.floor(times.length * 0.999)] ?? NaN;
}

const rounds = 5;
/** Time for the disk to give back what was deleted, in milliseconds. */
const settleMs = 1000;

/** Measures how long a writer waits while a backup runs and while none does, in turns: a disk has moods of its own. */
export async function writesDuringBackup(place: BenchPlace): Promise<Result> {
  const during: number[] = [];
  const without: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const folder = await mkdtemp(join(tmpdir(), "nerve-bench-backup-"));
    const work = { isRunning: true };
    const started = performance.now();
    const backup = createBackup(place.db, { folder, verify: false }).finally(() => (work.isRunning = false));
    during.push(...(await timeWrites(place, () => work.isRunning)));
    await backup;
    const tookMs = performance.now() - started;
    await rm(folder, { recursive: true });
    await sleep(settleMs);
    const until = performance.now() + tookMs;
    without.push(...(await timeWrites(place, () => performance.now() < until)));
  }
  const [worst, usual] = [p999(during), p999(without)];
  return {
    operation: `a write during createBackup, p99.9 ${worst.toFixed(1)} ms (${usual.toFixed(1)} ms without)`,
    engine: place.db.engine,
    against: `${goalMs} ms`,
    atLeast: 1,
    ratio: goalMs / worst,
    ours: 1000 / worst,
    other: 1000 / goalMs,
    pythonFactor: undefined,
  };
}
