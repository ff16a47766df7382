import { spawn } from "node:child_process";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Context } from "../../src/context.ts";
import { runNerve } from "../../src/program.ts";

/** What a command left behind. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is called. */
export interface CallOptions {
  /** What it can read from standard input. */
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether its streams pretend to be a terminal. */
  readonly terminal?: boolean;
}

/** Runs `nerve` within this process. */
export async function nerve(words: readonly string[], options: CallOptions = {}): Promise<Outcome> {
  const { input = "", environment = {}, terminal = false } = options;
  const isTTY = terminal;
  const stdin = Object.assign(Readable.from([input]), { isTTY });
  const stdout = Object.assign(new PassThrough(), { isTTY });
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const context: Context = { environment, stdin, stdout, stderr, untilAskedToEnd: () => Promise.resolve() };
  const code = await runNerve(words, context);
  stdout.end();
  stderr.end();
  return { code, stdout: await text(stdout), stderr: await text(stderr) };
}

/** Runs `nerve` on a database; its URL, which may hold a password, stays off the command line. */
export function nerveOn(url: string, words: readonly string[], options: CallOptions = {}): Promise<Outcome> {
  return nerve(words, { ...options, environment: { NERVE_DATABASE_URL: url, ...options.environment } });
}

const program = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** Starts `nerve` as a process of its own, as a shell does. */
export function spawnNerve(words: readonly string[], { cwd, environment = {} }: SpawnOptions) {
  return spawn(process.execPath, ["--conditions=@nerve/source", program, ...words], {
    cwd,
    env: { PATH: process.env["PATH"], NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"], ...environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
}

interface SpawnOptions {
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs `nerve` as a process of its own, to its end. */
export async function nerveProcess(
  words: readonly string[],
  { input = "", ...options }: SpawnOptions & { input?: string },
): Promise<Outcome> {
  const child = spawnNerve(words, options);
  child.stdin.on("error", () => {}).end(input);
  const ended = new Promise<number | null>((resolve) => void child.once("close", resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}
