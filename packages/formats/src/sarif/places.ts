import { codePath, isAbsolute } from "../identity/code-path.ts";
import { type JsonObject, lineOf, objectOf, objectsOf, textOf } from "../json/values.ts";
import type { Location } from "../records/records.ts";
import { indexOf, type Run } from "./run.ts";

/** The path of an artifact in its repository, or the address where it lies in the network. */
export function pathOf(location: JsonObject, run: Run): string {
  const uri = uriOf(location, run);
  if (uri === "") return "";
  const whole = `${basesOf(textOf(location, "uriBaseId"), run)}${uri}`;
  if (/^https?:\/\//i.test(whole)) return whole;
  return relative(decoded(whole), run);
}

function uriOf(location: JsonObject, run: Run): string {
  const uri = textOf(location, "uri");
  if (uri !== "") return uri;
  const index = indexOf(location, "index");
  if (index === undefined) return "";
  const artifact = run.artifacts[index];
  if (artifact === undefined) run.missed.add("artifacts");
  return artifact ?? "";
}

/** The relative bases that lead to a root; the root itself is a place on some machine. */
function basesOf(name: string, run: Run): string {
  let path = "";
  let next = name;
  for (let steps = 0; next !== "" && steps < 8; steps += 1) {
    if (!Object.hasOwn(run.bases, next)) {
      run.missed.add("bases");
      break;
    }
    const base = objectOf(run.bases, next);
    const uri = textOf(base, "uri");
    next = textOf(base, "uriBaseId");
    if (uri !== "" && !isAbsolute(uri)) path = `${uri.replace(/\/?$/, "/")}${path}`;
  }
  return path;
}

function decoded(uri: string): string {
  if (!uri.includes(":") && !uri.includes("%")) return uri;
  const path = uri.replace(/^file:\/\/(?:localhost)?/i, "").replace(/^file:/i, "");
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** A path without the folder of the machine that it was scanned on. */
function relative(path: string, run: Run): string {
  if (!isAbsolute(path)) return codePath(path);
  const bases = Object.values(run.bases).map((base) => textOf(base as JsonObject, "uri"));
  return codePath(
    path,
    [...bases, run.workingDirectory].map((base) => decoded(base)),
  );
}

/** The places of a result, each named by its path and, but for the first, its place among those of the same path. */
export function locationsOf(result: JsonObject, run: Run, message: string): Location[] {
  const seen = new Map<string, number>();
  return objectsOf(result, "locations").map((location) => {
    const physical = objectOf(location, "physicalLocation");
    const path = pathOf(objectOf(physical, "artifactLocation"), run);
    const region = objectOf(physical, "region");
    const logical = logicalName(location);
    const key = path === "" ? logical : path;
    const among = seen.get(key) ?? 0;
    seen.set(key, among + 1);
    const own = textOf(objectOf(location, "message"), "text");
    const snippet = snippetOf(physical);
    const startLine = lineOf(region, "startLine");
    return {
      kind: path === "" ? "other" : isAddress(path) ? "url" : "code",
      locator: among === 0 ? [key] : [key, String(among)],
      ...(isAddress(path) ? { url: path } : { path }),
      startLine,
      endLine: lineOf(region, "endLine") ?? startLine,
      startColumn: lineOf(region, "startColumn"),
      endColumn: lineOf(region, "endColumn"),
      component: logical === "" ? undefined : logical,
      message: own === "" ? message : own,
      ...(snippet === "" ? {} : { detail: { snippet } }),
    };
  });
}

export function isAddress(path: string): boolean {
  return /^https?:\/\//i.test(path);
}

/** The name of a function or class. */
export function logicalName(location: JsonObject): string {
  const logical = objectsOf(location, "logicalLocations")[0] ?? objectOf(location, "logicalLocation");
  return textOf(logical, "fullyQualifiedName", "decoratedName", "name");
}

/** The code of a region: its own, else its lines cut out of what stands around it. */
export function snippetOf(physical: JsonObject): string {
  const region = objectOf(physical, "region");
  const own = codeOf(region);
  if (own !== "") return own;
  const around = objectOf(physical, "contextRegion");
  const code = codeOf(around);
  const [start, from] = [lineOf(region, "startLine"), lineOf(around, "startLine")];
  if (code === "" || start === undefined || from === undefined || start < from) return "";
  const end = lineOf(region, "endLine") ?? start;
  return code
    .split(/\r?\n/)
    .slice(start - from, end - from + 1)
    .join("\n");
}

function codeOf(region: JsonObject): string {
  const { text } = objectOf(region, "snippet");
  return typeof text === "string" ? text : "";
}
