import { type BigIntStats, statSync } from "node:fs";
import { dirname } from "node:path";
import { type InputIssue, ValidationError } from "../errors/index.ts";
import { realPathOf } from "./real-path.ts";

/** A file or folder that NERVE is told to keep something in. */
export interface DiskPlace {
  /** Whatever told it: the name of a setting or of a field. */
  readonly name: string;
  readonly path: string;
}

/**
 * Compares files and folders pairwise: what one holds must lie in none of the others, for whoever archives or replaces a
 * folder as a whole would take the other along. Symbolic links are followed, and two paths to one folder are one.
 *
 * @param places what is configured; those that are not there yet count, too
 * @returns for each pair that is at odds a sentence under the name of one that names the other
 * @example
 * const faults = findNestedPlaces([
 *   { name: "uploads", path: "data" },
 *   { name: "folder", path: "data/backups" },
 * ]);
 * console.log(faults[0]?.message); // (data) contains folder (data/backups): …
 */
export function findNestedPlaces(places: readonly DiskPlace[]): InputIssue[] {
  const known = places.map((place) => ({ place, way: wayTo(place.path) }));
  return known.flatMap(({ place: one, way }, index) =>
    known.slice(index + 1).flatMap(({ place: other, way: otherWay }) => {
      if (leadsThrough(otherWay, way)) return [faultOf(one, other, leadsThrough(way, otherWay))];
      return leadsThrough(way, otherWay) ? [faultOf(other, one, false)] : [];
    }),
  );
}

/**
 * Refuses files and folders that lie in each other.
 * @throws {ValidationError} INVALID_INPUT with a sentence for each pair, see {@link findNestedPlaces}
 */
export function requirePlacesApart(places: readonly DiskPlace[]): void {
  const issues = findNestedPlaces(places);
  if (issues.length > 0) throw new ValidationError(issues);
}

function faultOf(outer: DiskPlace, inner: DiskPlace, isSame: boolean): InputIssue {
  const verb = isSame ? "is the same place as" : "contains";
  const message = `(${outer.path}) ${verb} ${inner.name} (${inner.path}): give each a place of its own, outside the others`;
  return { field: outer.name, message };
}

/** A folder on the way to a place, or the place itself. */
interface Step {
  readonly path: string;
  /** Which file or folder it is, whatever path leads to it; null while there is none. */
  readonly identity: string | null;
}

/** The place and the folders above it, the innermost first. */
function wayTo(path: string): Step[] {
  const steps: Step[] = [];
  for (let at = realPathOf(path); ; at = dirname(at)) {
    steps.push({ path: at, identity: identityOf(at) });
    if (dirname(at) === at) return steps;
  }
}

/** One folder that is mounted at two places has two paths, and one identity. */
function identityOf(path: string): string | null {
  let found: BigIntStats | undefined;
  try {
    found = statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return null;
  }
  return found === undefined || found.ino === 0n ? null : `${found.dev}:${found.ino}`;
}

/** Whether one way comes by the end of the other. */
function leadsThrough(way: readonly Step[], [end]: readonly Step[]): boolean {
  return way.some(({ path, identity }) => path === end?.path || (identity !== null && identity === end?.identity));
}
