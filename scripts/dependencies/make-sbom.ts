/** A package as package-lock.json has it. */
export interface LockedPackage {
  readonly name?: string;
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** What is read of package-lock.json. */
export interface Lockfile {
  readonly name: string;
  readonly version: string;
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface Component {
  readonly type: "application" | "library";
  readonly "bom-ref": string;
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly scope?: "required" | "optional";
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses?: readonly object[];
  readonly purl: string;
}

/** A bill of materials in the form of CycloneDX 1.6. */
export interface Sbom {
  readonly bomFormat: "CycloneDX";
  readonly specVersion: "1.6";
  readonly version: 1;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

const folder = "node_modules/";

function byRef(a: string, b: string): number {
  return a < b ? -1 : 1;
}

/**
 * Makes the bill of materials of what a release holds: everything that the lockfile names but what only development needs. It
 * is the same for the same lockfile, so it has no time and no number of its own.
 *
 * @see https://cyclonedx.org/docs/1.6/json/
 */
export function makeSbom(lockfile: Lockfile): Sbom {
  const paths = Object.keys(lockfile.packages).filter((path) => path !== "" && isReleased(lockfile, path));
  const root = componentOf(lockfile.name, { version: lockfile.version, license: "MIT" }, "application");
  const refs = new Map(paths.map((path) => [path, componentAt(lockfile, path)["bom-ref"]]));
  const components = new Map(paths.map((path) => [refs.get(path) ?? "", componentAt(lockfile, path)]));
  const own = paths.filter((path) => !path.includes(folder)).map((path) => refs.get(path) ?? "");
  const links = new Map<string, Set<string>>([[root["bom-ref"], new Set(own)]]);
  for (const path of paths) {
    const ref = refs.get(path) ?? "";
    const needed = links.get(ref) ?? new Set<string>();
    for (const name of neededBy(lockfile.packages[path] ?? {})) {
      const found = refs.get(resolve(lockfile, path, name) ?? "");
      if (found !== undefined) needed.add(found);
    }
    links.set(ref, needed);
  }
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: root },
    components: [...components.values()].toSorted((a, b) => byRef(a["bom-ref"], b["bom-ref"])),
    dependencies: [...links]
      .map(([ref, needed]) => ({ ref, dependsOn: [...needed].toSorted(byRef) }))
      .toSorted((a, b) => byRef(a.ref, b.ref)),
  };
}

/** Links stand for the package that they lead to. */
function isReleased({ packages }: Lockfile, path: string): boolean {
  const { dev, devOptional, link } = packages[path] ?? {};
  return dev !== true && devOptional !== true && link !== true;
}

function componentAt({ packages }: Lockfile, path: string): Component {
  const found = packages[path] ?? {};
  return componentOf(found.name ?? path.slice(path.lastIndexOf(folder) + folder.length), found, "library");
}

function componentOf(fullName: string, found: LockedPackage, type: Component["type"]): Component {
  const { version = "", integrity, license, optional } = found;
  const [, group, name = fullName] = /^(@[^/]+)\/(.+)$/.exec(fullName) ?? [];
  const purl = `pkg:npm/${group === undefined ? "" : `${encodeURIComponent(group)}/`}${name}@${version}`;
  const required = optional === true ? ("optional" as const) : ("required" as const);
  return {
    type,
    "bom-ref": purl,
    ...(group === undefined ? {} : { group }),
    name,
    version,
    ...(type === "library" ? { scope: required } : {}),
    ...(integrity === undefined ? {} : { hashes: hashesOf(integrity) }),
    ...(license === undefined ? {} : { licenses: [licenseOf(license)] }),
    purl,
  };
}

/** Subresource Integrity has base64, CycloneDX hexadecimal. */
function hashesOf(integrity: string): { alg: string; content: string }[] {
  return integrity.split(" ").map((one) => {
    const [algorithm = "", digest = ""] = one.split(/-(.*)/s);
    return { alg: algorithm.replace("sha", "SHA-"), content: Buffer.from(digest, "base64").toString("hex") };
  });
}

function licenseOf(license: string): object {
  return /[\s()]/.test(license) ? { expression: license } : { license: { id: license } };
}

function neededBy({ dependencies, optionalDependencies, peerDependencies }: LockedPackage): string[] {
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
}

/** Finds a package as Node does: in the folder of who asks, then in those around it. */
function resolve({ packages }: Lockfile, from: string, name: string): string | undefined {
  for (let place = from; ; place = place.slice(0, Math.max(0, place.lastIndexOf("/")))) {
    const path = place === "" ? `${folder}${name}` : `${place}/${folder}${name}`;
    const found = packages[path];
    if (found !== undefined) return found.link === true ? found.resolved : path;
    if (place === "") return undefined;
  }
}
