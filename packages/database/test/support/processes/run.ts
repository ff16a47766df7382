import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

interface RunOptions {
  /** Runs the process under a shell command that ends in `exec "$@"`, to limit it. */
  readonly limit?: string;
}

function start(script: string, order: unknown, { limit }: RunOptions): ChildProcess {
  const file = fileURLToPath(new URL(`./${script}`, import.meta.url));
  const command = [process.execPath, "--conditions=@nerve/source", file, JSON.stringify(order)];
  const [program = "", ...rest] = limit === undefined ? command : ["sh", "-c", limit, "sh", ...command];
  return spawn(program, rest, { stdio: ["ignore", "pipe", "inherit"] });
}

async function outputOf(child: ChildProcess): Promise<string> {
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
  await once(child, "close");
  return output;
}

/** Runs a script of this folder to its end; what it printed, as JSON. */
export async function runProcess(script: string, order: unknown, options: RunOptions = {}): Promise<unknown> {
  return JSON.parse(await outputOf(start(script, order, options)));
}

/** A process that has begun its work. */
export interface RunningProcess {
  /** What it printed first. */
  readonly greeting: string;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
}

/** Starts a script of this folder, and waits until it prints anything. */
export async function startProcess(script: string, order: unknown): Promise<RunningProcess> {
  const child = start(script, order, {});
  const ended = once(child, "close");
  const [first] = (await Promise.race([once(child.stdout as NodeJS.ReadableStream, "data"), ended])) as [unknown];
  return {
    greeting: String(first),
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Runs a script of this folder until it says that it has reached the step, and kills it there. */
export async function killProcess(script: string, order: unknown): Promise<void> {
  const { greeting, kill } = await startProcess(script, order);
  await kill();
  if (greeting !== "reached") throw new Error(`The process did not come to the step: ${greeting}`);
}
