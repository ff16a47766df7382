import { asCode, printPage, printTable } from "../markdown.ts";
import { asvsChapters } from "./chapters.ts";

/** Prints docs/ASVS.md: each core item with how it holds and what shows it. */
export function printAsvsDocument(): string {
  const items = asvsChapters.flatMap((chapter) => chapter.items).filter(({ beyond }) => beyond !== true);
  const count = (state: string) => items.filter((item) => item.state === state).length;
  return printPage("OWASP ASVS 5.0.0", "scripts/security-documents/asvs", [
    `How NERVE stands to the core of the standard: the chapters on authentication, sessions, authorization and logging, levels 1 and 2, in\nour own words. Of ${items.length} items ${count("holds")} hold, ${count("in part")} hold in part, ${count("not yet")} do not hold yet. Items on text messages and on other identity\nproviders do not apply, for NERVE has neither; 7.6.2 is one of them and is shown all the same.`,
    ...asvsChapters.flatMap(({ title, items: own }) => [
      `## ${title}`,
      printTable(
        ["Item", "What it asks", "State", "How", "Shown by"],
        own.map(({ id, asks, state, how, tests }) => [id, asks, state, how, asCode(tests)]),
      ),
    ]),
  ]);
}
