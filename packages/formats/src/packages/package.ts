import type { Location } from "../records/records.ts";

/** A package of software that a report speaks of. */
export interface Package {
  /** What manages it: `npm`, `deb`, `debian`; tools have words of their own. */
  readonly type: string;
  /** With its namespace or group, without its version. */
  readonly name: string;
  readonly version: string;
  readonly fixedVersion?: string;
}

/** What tells findings of one rule apart. Versions are none of it: an upgrade that does not help is the same finding. */
export function packageContext({ type, name }: Package): string[] {
  return [type, name];
}

/** A version of a package, and where it lies: a fix in one of two places leaves the other. */
export function packageLocation({ name, version, fixedVersion = "" }: Package, path: string): Location {
  return {
    kind: "package",
    locator: [version, path],
    ...(path === "" ? {} : { path }),
    component: name,
    version,
    ...(fixedVersion === "" ? {} : { fixedVersion }),
  };
}

/** Tools that report packages of these leave out whose they are: the distribution's, or a group's of Maven. */
const withoutNamespace = new Set(["maven", "deb", "rpm", "apk", "alpm"]);

/** The names under which tools report a package that a package URL names. */
export function packageNames({ type, name }: Pick<Package, "type" | "name">): string[] {
  const at = name.lastIndexOf("/");
  if (at === -1 || !withoutNamespace.has(type)) return [name];
  const last = name.slice(at + 1);
  return type === "maven" ? [name, `${name.slice(0, at)}:${last}`, last] : [name, last];
}
