import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openExisting } from "../../src/engines/sqlite/connect/open-existing.ts";
import { createCheckpointer } from "../../src/engines/sqlite/run/checkpointer.ts";
import { intervalMs, passiveBytes } from "../../src/engines/sqlite/run/log-size.ts";
import { withThreadConnection } from "../../src/engines/sqlite/run/thread-connection.ts";
import { Thread, threadModule } from "../../src/threads/thread.ts";

const backupWorker = threadModule(
  new URL("../../src/engines/sqlite/backup/backup.ts", import.meta.url).href,
  "backup-worker",
);
const upkeepWorker = threadModule(
  new URL("../../src/engines/sqlite/upkeep/upkeep.ts", import.meta.url).href,
  "upkeep-worker",
);

/** A file whose name means something else in a URI. */
const odd = "ghost #1?mode=rwc %41.db";

describe("A thread that finds its database file taken away makes no new one:", () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "nerve-missing-"));
    file = join(folder, odd);
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("the one that moves the log", async () => {
    // As large a log as makes it work.
    await writeFile(`${file}-wal`, Buffer.alloc(passiveBytes));
    const checkpointer = createCheckpointer(file);
    checkpointer.noteWrite();
    await setTimeout(intervalMs + 20);
    await checkpointer.stop();
    expect(existsSync(file)).toBe(false);
  });

  test("the one of large transactions", async () => {
    const place = { location: file, pragmas: ["journal_mode = WAL"], busyTimeoutMs: 100 };
    await expect(withThreadConnection(place, () => Promise.resolve())).rejects.toThrow("no such file");
    expect(existsSync(file)).toBe(false);
  });

  test("those of backups", async () => {
    const thread = new Thread(backupWorker);
    for (const task of ["copy", "inspect", "check", "hold"]) {
      const input = { location: file, target: join(folder, "copy.db") };
      await expect(thread.call(task, input), task).rejects.toThrow("unable to open");
    }
    await thread.end();
    expect(existsSync(file)).toBe(false);
  });

  test("that of upkeep, which writes or looks", async () => {
    const thread = new Thread(upkeepWorker);
    for (const write of [true, false]) {
      const opening = thread.call("open", { location: file, write, lockTimeoutMs: 100 });
      await expect(opening).rejects.toThrow("unable to open");
    }
    await thread.end();
    expect(existsSync(file)).toBe(false);
  });

  test("and a file that is there is opened by its whole name", () => {
    new DatabaseSync(file).close();
    for (const readOnly of [true, false]) {
      const opened = openExisting(file, { readOnly });
      expect(opened.location()).toBe(file);
      opened.close();
    }
  });
});
