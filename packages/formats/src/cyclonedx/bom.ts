import { subjectName } from "../identity/subject.ts";
import { firstText, type JsonObject, objectsOf, textOf } from "../json/values.ts";
import type { Package } from "../packages/package.ts";
import { readPurl } from "../packages/purl.ts";
import type { Asset } from "../records/records.ts";

/** What vulnerabilities refer to; it may stand behind them. */
export class Bom {
  subject: Asset = { kind: "repository", name: "" };
  /** Components below the subject, those within others as well. */
  components = 0;
  hasVulnerabilities = false;
  readonly #packages = new Map<string, Package>();

  setSubject(component: JsonObject): void {
    const name = subjectName(nameOf(component));
    this.subject = { kind: textOf(component, "type") === "container" ? "image" : "repository", name };
    this.#keep(component);
    // Components of the subject are listed with it, or for themselves.
    for (const one of objectsOf(component, "components")) this.addComponent(one);
  }

  addComponent(component: JsonObject): void {
    this.components += 1;
    this.#keep(component);
    for (const one of objectsOf(component, "components")) this.addComponent(one);
  }

  #keep(component: JsonObject): void {
    const found = packageOf(component);
    for (const ref of [textOf(component, "bom-ref"), textOf(component, "purl")])
      if (ref !== "" && !this.#packages.has(ref)) this.#packages.set(ref, found);
  }

  /** What a reference leads to: a component of this bill, or one of another, which its package URL tells. */
  packageOf(ref: string): Package {
    const known = this.#packages.get(ref);
    if (known !== undefined) return known;
    const linked = linkedRef(ref);
    return this.#packages.get(linked) ?? readPurl(linked) ?? { type: "", name: linked, version: "" };
  }
}

/** `urn:cdx:SERIAL/VERSION#REF` names a component of another bill. */
function linkedRef(ref: string): string {
  const link = /^urn:cdx:[^#]*#(.+)$/is.exec(ref)?.[1];
  if (link === undefined) return ref;
  try {
    return decodeURIComponent(link);
  } catch {
    return link;
  }
}

function nameOf(component: JsonObject): string {
  const [group, name] = [textOf(component, "group"), textOf(component, "name")];
  return group === "" ? name : `${group}/${name}`;
}

/** The package of a component, by its package URL where it has one. */
export function packageOf(component: JsonObject): Package {
  const version = textOf(component, "version");
  const purl = readPurl(textOf(component, "purl"));
  if (purl !== undefined) return { ...purl, version: firstText(version, purl.version) };
  return { type: textOf(component, "type"), name: nameOf(component), version };
}
