import { isIP } from "node:net";
import { hostname } from "node:os";

/** Whether only this machine reaches a server that listens on the host. */
export function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Ends of names that are given out within a network only (RFC 6762, appendix G; RFC 8375). */
const privateEnds = [
  ".localhost",
  ".local",
  ".lan",
  ".home",
  ".home.arpa",
  ".corp",
  ".intranet",
  ".internal",
  ".private",
];

/**
 * Whether a name leads to this machine whoever answers for names outside: its own name, an address, or a name of the network. Any
 * other may be led here by whom it belongs to (DNS rebinding).
 *
 * @param name without the port; an IPv6 address in brackets
 */
export function isNameOfThisMachine(name: string): boolean {
  const lower = name.toLowerCase().replace(/\.$/, "");
  const own = hostname().toLowerCase();
  return (
    isIP(lower.replaceAll(/[[\]]/g, "")) !== 0 ||
    lower === "localhost" ||
    lower === own ||
    privateEnds.some((end) => lower.endsWith(end))
  );
}

/** The known name that takes the fewest changes of one letter to come from the given one. */
export function nearestName(name: string, known: readonly string[]): string {
  const distances = known.map((candidate) => ({ candidate, distance: editDistance(name, candidate) }));
  return distances.toSorted((a, b) => a.distance - b.distance)[0]?.candidate ?? "";
}

/** How many letters have to be put in, taken out or replaced to turn one text into the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(from).entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (letter === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
