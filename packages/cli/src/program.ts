import { defaultDatabaseUrl } from "@nerve/database";
import { Command, CommanderError } from "commander";
import { type Answer, explainUsage } from "./command.ts";
import { commandGroups } from "./commands/index.ts";
import type { Context } from "./context.ts";
import { describeFailure, type ExitCode, exitCodes, formatFailure } from "./failure.ts";
import { printableJson, printableText } from "./printable.ts";
import { describeCauses } from "./verbose.ts";
import { readVersion } from "./version.ts";

const exitCodeHelp = `
Exit codes:
  0  done
  1  the answer is no
  2  wrong usage
  3  it could not be done`;

/**
 * Runs the `nerve` command.
 *
 * @param words what follows `nerve` on the command line
 * @param context the process, as far as the command may use it
 * @returns the exit code
 */
export async function runNerve(words: readonly string[], context: Context): Promise<ExitCode> {
  // Looked for by hand: a fault in the arguments has to be told in the right form, too.
  const asJson = words.includes("--json");
  let exitCode: ExitCode = exitCodes.done;
  const deliver = ({ json, text, exitCode: code }: Answer) => {
    context.stdout.write(`${asJson ? printableJson(json) : text}\n`);
    exitCode = code ?? exitCodes.done;
  };
  try {
    await buildProgram(context, deliver).parseAsync(words, { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done;
    const failure = describeFailure(error);
    const { exitCode: code, ...told } = failure;
    if (asJson) context.stdout.write(`${printableJson({ error: told })}\n`);
    context.stderr.write(formatFailure(failure));
    if (words.includes("--verbose")) {
      context.stderr.write(printableText(`${describeCauses(error, context.environment, words)}\n`));
    }
    return code;
  }
}

function buildProgram(context: Context, deliver: (answer: Answer) => void): Command {
  const program = explainUsage(new Command("nerve"))
    .description("Runs NERVE, the data layer and backend of a security platform, and looks after its database.")
    .version(readVersion())
    .option("--database <url>", `where the database is (NERVE_DATABASE_URL; default ${defaultDatabaseUrl})`)
    .option("--database-file <file>", "a file that holds the URL, for one with a password")
    .option("--verbose", "when something fails, show each of its causes, without secrets")
    .option("--json", "print one JSON document instead of text")
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      // The help that a missing command calls for; faults themselves are told at the end, once.
      writeErr: (text) => context.stderr.write(printableText(text)),
      outputError: () => {},
      getOutHelpWidth: () => context.stdout.columns ?? 100,
    })
    .addHelpText("after", exitCodeHelp);
  for (const register of commandGroups) register(program, { context, deliver });
  return program;
}
