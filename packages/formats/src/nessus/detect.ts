import type { Head } from "../head/head.ts";

/** The root of version 2, or the columns of one of the CSV exports. */
export function detectNessus({ root, columns }: Head): number {
  if (root === "NessusClientData_v2") return 0.95;
  const has = (...names: string[]) => names.every((name) => columns.includes(name));
  if (has("plugin id", "host", "risk") || has("plugin id", "host", "plugin output")) return 0.95;
  return has("plugin", "plugin name", "ip address") ? 0.9 : 0;
}
