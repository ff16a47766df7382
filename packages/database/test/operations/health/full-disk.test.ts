import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { findSystemProgram } from "../../../../../test/support/system-programs.ts";
import { engineNames } from "../../support/engines.ts";

const unshare = findSystemProgram("unshare");
const script = fileURLToPath(new URL("../../support/processes/full-disk.ts", import.meta.url));

/** Runs a script with a disk of its own that nobody else sees, and which goes with it. */
function runOnSmallDisk(megabytes: number, argument: string): unknown {
  const folder = mkdtempSync(join(tmpdir(), "nerve-full-"));
  const [uid = 0, gid = 0] = [process.getuid?.(), process.getgid?.()];
  // Whoever is not root becomes root of a name space to mount the disk, and himself again for what follows.
  const asRoot = uid === 0 ? ["--mount"] : ["--mount", "--user", "--map-root-user"];
  const again = uid === 0 ? "" : `unshare --user --map-user=${uid} --map-group=${gid}`;
  const command = `mount -t tmpfs -o size=${megabytes}m,mode=1777 none "$0" && exec ${again} "$@"`;
  const node = [process.execPath, "--conditions=@nerve/source", script, argument, folder];
  try {
    const output = execFileSync(unshare ?? "", [...asRoot, "sh", "-c", command, folder, ...node], { encoding: "utf8" });
    return JSON.parse(output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const megabytes = { sqlite: 16, postgres: 160 };

test.skipIf(unshare === undefined).each(engineNames)(
  "On %s, a full disk is a critical alert",
  (engine) => {
    const full = { level: "critical", code: "STORAGE_FULL", message: "The database's disk takes no more." };
    expect(runOnSmallDisk(megabytes[engine], engine)).toEqual([
      { healthy: true, alerts: [] },
      { healthy: false, alerts: [full] },
    ]);
  },
  120_000,
);
