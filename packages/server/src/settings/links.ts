import type { Settings } from "./definitions.ts";

/** The token stands in the fragment, which browsers send to no server. */
export function linkTo(publicUrl: string, path: string, token: string): string {
  return `${publicUrl}${path}#token=${token}`;
}

/** What every machine listens on, and none can be reached under. */
const wildcards = new Set(["0.0.0.0", "::"]);

/** The address that people reach NERVE under, as far as the settings alone tell it: that of this machine where they do not. */
export function publicUrlOf({ publicUrl, host, port }: Pick<Settings, "publicUrl" | "host" | "port">): string {
  if (publicUrl !== null) return publicUrl;
  const name = wildcards.has(host) ? "127.0.0.1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}
