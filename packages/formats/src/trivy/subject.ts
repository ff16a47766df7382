import { subjectName } from "../identity/subject.ts";
import type { Asset } from "../records/records.ts";

/** `debian:10 (debian 10.4)`: the packages of a system, and what it was found in. */
const ofSystem = /^(.*\S)\s+\([^()]+\)$/s;

/** Whether a target names the packages of a system; reports of old versions have no class to say so. */
export function isSystem(target: string): boolean {
  return ofSystem.test(target);
}

/** What a report is about; of a cluster, its resources one after the other. */
export class Subject {
  name = "";
  type = "";
  /** The first name and tag of an image. */
  tag = "";
  cluster: string | undefined;
  resource = { namespace: "", kind: "", name: "", error: "" };
  #isResource = false;
  #targets = 0;

  addTag(tag: string): void {
    if (this.tag === "") this.tag = tag;
  }

  beginResource(): void {
    this.#isResource = true;
    this.resource = { namespace: "", kind: "", name: "", error: "" };
    this.cluster ??= "";
  }

  /** A list of targets does not say what it is about; the first, of a system, does so in passing. */
  sawTarget(target: string): void {
    this.#targets += 1;
    if (this.#targets > 1 || this.name !== "" || this.type !== "" || this.#isResource) return;
    const name = ofSystem.exec(target)?.[1];
    if (name === undefined) return;
    this.name = name;
    this.type = "container_image";
  }

  get asset(): Asset {
    if (this.#isResource) {
      const { namespace, kind, name } = this.resource;
      return { kind: "resource", name: [this.cluster ?? "", namespace, kind, name].join("/") };
    }
    const name = subjectName(this.name);
    if (this.type === "vm" || this.type === "aws_account") return { kind: "resource", name };
    if (this.type !== "container_image" && (this.type !== "" || this.tag === "")) return { kind: "repository", name };
    // The file of an archive is called as its maker liked.
    const isFile = name === "" || /\.(?:tar|tgz|tar\.gz)$/i.test(name);
    return { kind: "image", name: isFile && this.tag !== "" ? this.tag : name };
  }
}
