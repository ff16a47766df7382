import type { ExposureRule } from "./exposure-rule.ts";
import { exposureRules } from "./exposure-rules.ts";

/** An open port, as a scan tells of it. */
export interface OpenService {
  /** What the scan calls it: `ssh`. */
  readonly service?: string | undefined;
  /** The service answered a probe; otherwise the name is no more than the usual one of the port. */
  readonly probed?: boolean | undefined;
  readonly port: number;
  readonly transport: string;
}

const byService: ReadonlyMap<string, ExposureRule> = new Map(
  exposureRules.flatMap((rule) => rule.services.map((name) => [name, rule] as const)),
);
const byPort: ReadonlyMap<string, ExposureRule> = new Map(
  exposureRules.flatMap((rule) => rule.ports.map((port) => [port, rule] as const)),
);

/** What probes answer that did not find out what speaks. */
const sayNothing: ReadonlySet<string> = new Set(["", "unknown", "tcpwrapped", "ssl", "tls"]);
const http: ReadonlySet<string> = new Set(["http", "https", "http-alt", "https-alt"]);

/**
 * The finding that an open service is on a public address; undefined where it is none.
 *
 * A name counts where a probe found it out, else the port does. Whether the address is public, the caller has to know.
 */
export function exposureRuleFor({ service, probed, port, transport }: OpenService): ExposureRule | undefined {
  const name = service?.toLowerCase() ?? "";
  const expected = byPort.get(`${transport.toLowerCase()}/${port}`);
  if (probed !== true || sayNothing.has(name)) return expected;
  if (http.has(name)) return expected?.overHttp === true ? expected : undefined;
  return byService.get(name);
}
