import { parseArgs } from "node:util";

export const help = `Measures NERVE against the same work done without it, in turns, and prints how much of the other's speed it reaches.

  npm run bench -- [options]

  --only TEXT    only operations whose name holds the text, such as HTTP, importReport or "survey and records"
  --engine NAME  sqlite, postgres, or none for what asks no database; may be repeated (default: all)
  --quick        a small database and few rounds: a first look, no measurement
  --peers        also against better-auth, which is installed into bench/.peers for it
  --json         print JSON
  --help         print this

NERVE_BENCH_POSTGRES_URL names a PostgreSQL database, beside which new ones are made and dropped; otherwise a server is started.`;

const engines = ["sqlite", "postgres", "none"] as const;

/** What is measured, and how. */
export interface BenchOptions {
  readonly json: boolean;
  readonly quick: boolean;
  readonly peers: boolean;
  readonly help: boolean;
  readonly engine: readonly string[];
  readonly only: string | undefined;
}

/** What is wrong with the options, in a line. */
export class UsageError extends Error {}

/** @throws {UsageError} for what is no option of the bench */
export function readOptions(args: readonly string[]): BenchOptions {
  const { engine, only, ...values } = parse(args);
  const unknown = engine.find((name) => !engines.some((known) => known === name));
  if (unknown !== undefined) throw new UsageError(`--engine ${unknown} is none of ${engines.join(", ")}.`);
  return { ...values, engine, only };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        json: { type: "boolean", default: false },
        quick: { type: "boolean", default: false },
        peers: { type: "boolean", default: false },
        engine: { type: "string", multiple: true, default: [...engines] },
        only: { type: "string" },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const [sentence = ""] = error.message.split(/\. |\n/);
    throw new UsageError(`${sentence.replace(/\.$/, "")}.`);
  }
}
