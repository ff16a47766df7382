import type { ZxcvbnFactory } from "@zxcvbn-ts/core";
import { ValidationError, type InputIssue } from "../errors/index.ts";
import { maxPasswordLength, normalisePassword, passwordLength } from "./password-hash.ts";

/** No setting goes below this. */
const shortestEver = 8;

/** Words that everyone would try first on an installation of NERVE, whoever its users are: its name and its roles. */
export const forbiddenWords: readonly string[] = ["nerve", "admin", "analyst", "user", "company", "demo"];

/** zxcvbn's scale from 0 to 4; below 3 a password falls to about 10^8 guesses. */
const lowestScore = 3;

/**
 * Characters of a password that are judged for strength: what is strong at its start is strong as a whole, and the
 * time of the estimate grows with the square of its length (at most about 50 ms for this many).
 */
const judgedLength = 64;

export interface PasswordPolicy {
  /** Fewest characters that are accepted; 15 by default, never below 8. */
  readonly minLength?: number;
  /** Names that are easy to guess for this user: company, domain, e-mail address, display name. */
  readonly contextWords?: readonly string[];
  /**
   * Tells whether a password is known from a breach. Asked only about a password that is otherwise accepted; whether a
   * failure to find out refuses the password (throw) or lets it pass (false) is for the function to decide.
   */
  readonly isBreached?: (plain: string) => Promise<boolean>;
  /** Field that the issues name; `password` by default. */
  readonly field?: string;
}

/**
 * Says what is wrong with a password that somebody wants to set: too short or long, control characters, common or
 * easily guessed (lists, repeats, keyboard runs, dates, leetspeak), little more than a name, or known from a breach.
 * No rule asks for kinds of characters, and nothing is trimmed.
 *
 * @param plain The password exactly as typed.
 * @param policy `minLength` in characters (8 to 1024, default 15), `contextWords` that it must not be made of,
 *   `isBreached`, and the `field` that the issue names (default `password`).
 * @returns The first fault as an issue; empty if the password is accepted.
 * @throws INVALID_INPUT if `minLength` is not a whole number from 8 to 1024.
 * @see NIST SP 800-63B-4, 3.1.1.2; OWASP ASVS 5.0, 6.2
 *
 * @example
 * await checkPasswordPolicy("moon river dance seven"); // []
 * await checkPasswordPolicy("passwordpassword"); // [{ field: "password", message: "is too easy to guess" }]
 */
export async function checkPasswordPolicy(plain: string, policy: PasswordPolicy = {}): Promise<InputIssue[]> {
  const { minLength = 15, contextWords = [], isBreached, field = "password" } = policy;
  if (!Number.isInteger(minLength) || minLength < shortestEver || minLength > maxPasswordLength) {
    throw new ValidationError([
      { field: "minLength", message: `must be a whole number from ${shortestEver} to ${maxPasswordLength}` },
    ]);
  }
  const fault =
    findFormFault(plain, minLength) ??
    (await findGuessableFault(normalisePassword(plain), splitWords([...forbiddenWords, ...contextWords]))) ??
    ((await isBreached?.(plain)) === true ? "is known from a data breach" : null);
  return fault === null ? [] : [{ field, message: fault }];
}

function findFormFault(plain: string, minLength: number): string | null {
  const length = passwordLength(plain);
  if (length < minLength) return `must have at least ${minLength} characters`;
  if (length > maxPasswordLength) return `must have at most ${maxPasswordLength} characters`;
  if (!plain.isWellFormed() || /\p{Cc}/u.test(plain)) return "must not contain control characters";
  return null;
}

async function findGuessableFault(plain: string, words: readonly string[]): Promise<string | null> {
  if (isMostly(words, plain)) {
    return "must not be made of names such as the company, the product or your e-mail address";
  }
  const { common, estimator } = await loadKnowledge();
  const guessable = common.has(plain.toLowerCase()) || estimator.check(plain, [...words]).score < lowestScore;
  return guessable ? "is too easy to guess" : null;
}

/** Tells whether a password holds one of the words, and fewer than eight different characters besides. */
function isMostly(words: readonly string[], plain: string): boolean {
  const whole = plain.toLowerCase();
  const rest = words.reduce((text, word) => text.replaceAll(word, ""), whole);
  return rest !== whole && new Set(rest.replaceAll(/\s/g, "")).size < shortestEver;
}

/** The words of names and addresses, longest first: `alice.b@acme.example` gives `example`, `alice` and `acme`. */
function splitWords(names: readonly string[]): string[] {
  const words = names.flatMap((name) =>
    normalisePassword(name)
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u),
  );
  return [...new Set(words)].filter((word) => word.length >= 3).toSorted((a, b) => b.length - a.length);
}

/** What attackers know: the 49,000 commonest passwords, and an estimator of how soon they would try another. */
interface Knowledge {
  readonly common: ReadonlySet<string>;
  readonly estimator: ZxcvbnFactory;
}

let knowledge: Promise<Knowledge> | undefined;

/** Takes 80 ms to load, so it waits until a password is first judged. */
async function loadKnowledge(): Promise<Knowledge> {
  knowledge ??= (async () => {
    const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }] = await Promise.all([
      import("@zxcvbn-ts/core"),
      import("@zxcvbn-ts/language-common"),
    ]);
    return {
      common: new Set(dictionary["passwords-common"]),
      estimator: new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: judgedLength }),
    };
  })();
  return knowledge;
}
