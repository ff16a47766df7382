import type { Head } from "../head/head.ts";

/** A bill of materials: JSON that says so, or XML in the namespace of one. */
export function detectCyclonedx({ kind, keys, root, rootAttributes, text }: Head): number {
  if (kind === "xml") {
    if (!/^(?:[\w.-]+:)?bom$/.test(root)) return 0;
    return rootAttributes.includes("cyclonedx.org/schema/bom") ? 0.95 : 0.6;
  }
  if (kind !== "object") return 0;
  if (/"bomFormat"\s*:\s*"CycloneDX"/i.test(text)) return keys.has("bomFormat") ? 0.95 : 0.6;
  return keys.has("specVersion") && (keys.has("components") || keys.has("vulnerabilities")) ? 0.7 : 0;
}
