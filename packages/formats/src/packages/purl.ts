import type { Package } from "./package.ts";

/** Reads a package URL: `pkg:maven/org.example/core@1.2?type=jar#lib`. Undefined where it is none. */
export function readPurl(text: string): Package | undefined {
  const match = /^pkg:\/*([a-z\d.+-]+)\/([^?#]+)/i.exec(text.trim());
  if (match === null) return undefined;
  const [, type = "", path = ""] = match;
  // A name may begin with an @, as scopes of npm do when nobody encoded them.
  const at = path.lastIndexOf("@");
  const hasVersion = at > 0 && path[at - 1] !== "/";
  const name = (hasVersion ? path.slice(0, at) : path).replaceAll(/^\/+|\/+$/g, "");
  if (name === "") return undefined;
  return {
    type: type.toLowerCase(),
    name: name
      .split("/")
      .map((part) => decoded(part))
      .join("/"),
    version: hasVersion ? decoded(path.slice(at + 1)) : "",
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
