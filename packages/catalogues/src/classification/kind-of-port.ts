import { type FindingKind, findingKinds } from "../finding-kinds/finding-kinds.ts";

/** Tools whose rules are ports. */
const portScanners: ReadonlySet<string> = new Set(["nmap", "masscan", "naabu", "rustscan"]);

const byPort: ReadonlyMap<number, FindingKind> = new Map(
  findingKinds.flatMap(({ id, ports }) => ports.map((port) => [port, id] as const)),
);

/** The kind of an open port, where a port scanner's rule is one: `3306`, `3306/tcp` or `tcp/3306`. */
export function kindOfPort(source: string, key: string): FindingKind | undefined {
  if (!portScanners.has(source)) return undefined;
  const [, first, last] = /^(?:(\d{1,5})(?:\/(?:tcp|udp|sctp))?|(?:tcp|udp|sctp)\/(\d{1,5}))$/i.exec(key) ?? [];
  return byPort.get(Number(first ?? last));
}
