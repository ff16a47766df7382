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
