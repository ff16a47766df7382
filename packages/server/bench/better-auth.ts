import { execFile } from "node:child_process";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { MissingPeer } from "../../database/bench/compare.ts";
import { type ServerProcess, startServerProcess } from "./processes.ts";

const run = promisify(execFile);
const version = "1.7.25";
const folder = new URL("../../../bench/.peers/", import.meta.url);
const installTimeoutMs = 180_000;

/**
 * Installs better-auth into a folder of its own, outside of the repository's dependencies, and starts it.
 *
 * @param file where its SQLite database lies
 * @throws {MissingPeer} when it can be neither installed nor started
 */
export async function startBetterAuth({ file, log }: { file: string; log: string }): Promise<ServerProcess> {
  try {
    await mkdir(folder, { recursive: true });
    const dependencies = { "better-auth": version };
    await writeFile(new URL("package.json", folder), JSON.stringify({ private: true, type: "module", dependencies }));
    const options = { cwd: fileURLToPath(folder), timeout: installTimeoutMs };
    await run("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=peer"], options);
    const server = new URL("better-auth-server.mjs", folder);
    await copyFile(new URL("better-auth-server.mjs", import.meta.url), server);
    return await startServerProcess(server, { settings: { file }, log });
  } catch (error) {
    const [reason = ""] = String(error).split("\n", 1);
    throw new MissingPeer(`better-auth ${version} could not be installed and started: ${reason}`);
  }
}
