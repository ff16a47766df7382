import type { Clock } from "@nerve/database";
import { type Command, InvalidArgumentError, Option } from "commander";

/** Reads a whole number; whether it is too small or too large is for the function that takes it to say. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}

/** Days of an option, or `never`: Commander makes an empty text of null. */
export type DaysOrNever = number | "never";

/** Reads a number of days, or `never`. */
export function daysOrNever(text: string): DaysOrNever {
  return text === "never" ? text : wholeNumber(text);
}

/** Days as functions take them: null for never. */
export function toDays(days: DaysOrNever): number | null {
  return days === "never" ? null : days;
}

/** Reads JSON; what it has to be is for the function that takes it to say. */
export function jsonText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidArgumentError("It must be JSON.");
  }
}

/** An option that takes one of a few words. */
export function choice(flags: string, description: string, choices: readonly string[]): Option {
  return new Option(flags, description).choices(choices);
}

/** Collects what an option was given when it is given several times. */
export function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** The options of a list. */
export interface PageOptions {
  readonly limit?: number;
  readonly cursor?: string;
}

/** Adds the options of a list to a command. */
export function addPageOptions(command: Command): Command {
  return command
    .option("--limit <n>", "at most so many (1 to 1000, default 100)", wholeNumber)
    .option("--cursor <cursor>", "go on where the list before ended");
}

/** The last line of a list that goes on. */
export function continuation(nextCursor: string | null): string {
  return nextCursor === null ? "" : `\n\nMore: --cursor ${nextCursor}`;
}

/** The moment so many days from now. */
export function daysFromNow(clock: Clock, days: number): Date {
  return new Date(clock.now().getTime() + days * 86_400_000);
}
