import type { Asset } from "../records/records.ts";

const schemePorts: ReadonlyMap<string, number> = new Map([
  ["http", 80],
  ["https", 443],
  ["ws", 80],
  ["wss", 443],
  ["ftp", 21],
  ["ssh", 22],
  ["ldap", 389],
  ["ldaps", 636],
]);

/** What a report writes where it means a place in the network. */
export interface Target {
  readonly host: string;
  /** Given, or implied by the scheme. */
  readonly port: number | undefined;
  /** The address without user information and fragment; undefined where none was given. */
  readonly url: string | undefined;
  readonly path: string;
}

/** Reads `https://host:port/path`, `host:port`, `[::1]:port`, `host/path` or `host`. */
export function readTarget(text: string): Target | undefined {
  const trimmed = text.trim().replace(/^\/(?=[a-z][a-z\d+.-]*:\/\/)/i, "");
  const match =
    /^(?:([a-z][a-z\d+.-]*):\/\/)?(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*(?::[^/?#:]*:[^/?#]*)?)(?::(\d*))?(?=[/?#]|$)/i.exec(
      trimmed,
    );
  if (match === null) return undefined;
  const [all, scheme, host = "", given = ""] = match;
  if (host === "" || /\s/.test(host)) return undefined;
  const port = given === "" ? schemePorts.get(scheme?.toLowerCase() ?? "") : Number(given);
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  const rest = trimmed.slice(all.length).replace(/#.*$/s, "");
  const authority = given === "" ? host : `${host}:${given}`;
  return {
    host: host.replace(/^\[(.*)\]$/, "$1"),
    port,
    url: scheme === undefined ? undefined : `${scheme.toLowerCase()}://${authority}${rest}`,
    path: rest,
  };
}

/** The service of a host's port, else, without a port, the host; an empty host is `unnamed`. */
export function endpointOf(host: string, port: number, protocol = "tcp"): Asset {
  if (host === "") return { kind: "unnamed" };
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return { kind: "host", host };
  const transport = protocol.toLowerCase();
  return {
    kind: "service",
    host,
    port,
    transport: transport === "udp" || transport === "sctp" ? transport : "tcp",
  };
}

/** The service of a target with a port, else its host; nothing said is `unnamed`. */
export function assetOf(target: Target | undefined): Asset {
  if (target === undefined) return { kind: "unnamed" };
  const { host, port } = target;
  return port === undefined ? { kind: "host", host } : { kind: "service", host, port, transport: "tcp" };
}
