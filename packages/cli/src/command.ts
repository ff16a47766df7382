import type { Command } from "commander";
import type { Context } from "./context.ts";
import { CommandError, describeFailure, type ExitCode, UsageError } from "./failure.ts";

/** The options that every command takes. */
export interface GlobalOptions {
  readonly database?: string;
  readonly databaseFile?: string;
  readonly json?: true;
}

/** A command that was called. */
export interface Call<Options extends object = object> {
  readonly context: Context;
  readonly options: Options & GlobalOptions;
  /** What was given without an option's name, in order. */
  readonly words: readonly string[];
}

/** What a command answers. */
export interface Answer {
  /** The one document that `--json` prints. */
  readonly json: unknown;
  /** What people read in its place; made of lines that are safe to show. */
  readonly text: string;
  /** How the command ends, unless it is simply done. */
  readonly exitCode?: ExitCode;
  /** What goes on after the answer, such as serving. */
  readonly afterwards?: () => Promise<void>;
}

/** What commands are made in. */
export interface Surroundings {
  readonly context: Context;
  /** Gives the answer of the command that was called to whoever called it. */
  readonly deliver: (answer: Answer) => void;
}

/** Adds the commands of one group. */
export type RegisterCommands = (program: Command, surroundings: Surroundings) => void;

/** A command, and what it does. */
export interface CommandDefinition<Options extends object> {
  /** Its name, and the words that it takes: `revoke <id>`. */
  readonly usage: string;
  readonly description: string;
  /** Adds its options. */
  readonly options?: (command: Command) => Command;
  /** Option by field of an input, where they have not the same name: `{ primaryDomain: "--domain" }`. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly run: (call: Call<Options>) => Promise<Answer>;
}

/** Adds a command that only holds others. */
export function addGroup(program: Command, name: string, description: string): Command {
  return explainUsage(program.command(name).description(description));
}

/** Fields that any command may find at fault. */
const commonFields = { url: "--database (NERVE_DATABASE_URL)", NERVE_DATABASE_URL: "--database (NERVE_DATABASE_URL)" };

/** Adds a command. */
export function addCommand<Options extends object = object>(
  parent: Command,
  { context, deliver }: Surroundings,
  { usage, description, options = (command) => command, fields = {}, run }: CommandDefinition<Options>,
): void {
  const command = options(explainUsage(parent.command(usage).description(description)));
  const nameOf = (field: string) => {
    const [first = ""] = field.split(".");
    const names: Readonly<Record<string, string>> = { ...commonFields, ...fields };
    return names[first] ?? optionOf(command, first) ?? field;
  };
  command.action(async () => {
    const given = command.optsWithGlobals<Options & GlobalOptions>();
    const answer = await answerOf(() => run({ context, options: given, words: command.args }), nameOf);
    deliver(answer);
    await answer.afterwards?.();
  });
}

/** What a command answers; what it throws is told in the words that it is called with. */
async function answerOf(run: () => Promise<Answer>, nameOf: (field: string) => string): Promise<Answer> {
  try {
    return await run();
  } catch (error) {
    throw new CommandError(describeFailure(error, nameOf), { cause: error });
  }
}

/** The option that gives a field, or a setting, which its description then names: `--port (NERVE_PORT)`. */
function optionOf({ options }: Command, name: string): string | undefined {
  const own = options.find((option) => option.attributeName() === name)?.long;
  if (own !== undefined && own !== null) return own;
  const ofSetting = options.find(({ description }) => new RegExp(`\\(${name}\\b`).test(description));
  return ofSetting === undefined ? undefined : `${ofSetting.long} (${name})`;
}

/** Turns the faults that Commander finds in the arguments into failures that name the help to read. */
export function explainUsage(command: Command): Command {
  return command.exitOverride((error) => {
    if (error.exitCode === 0) throw error;
    const isBare = error.code === "commander.help";
    const message = isBare ? "Which command?" : error.message.replace(/^error: /, "");
    throw new UsageError(message, `See \`${pathOf(command)} --help\`.`, { cause: error });
  });
}

/** The words that call a command: `nerve user create`. */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
