import { InvalidArgumentError, Option } from "commander";

/** Reads a whole number; whether it is too small or too large is for the function that takes it to say. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
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

/** The last line of a list that goes on. */
export function continuation(nextCursor: string | null): string {
  return nextCursor === null ? "" : `\n\nMore: --cursor ${nextCursor}`;
}
