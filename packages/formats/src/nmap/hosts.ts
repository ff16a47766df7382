import type { Collector } from "../format/format.ts";
import type { Asset, HostRecord, ServiceRecord, Transport } from "../records/records.ts";
import type { XmlElement } from "../xml/element.ts";
import { readScript } from "./scripts.ts";

/** Reads `<host>`: the host, its ports, and what scripts found. Masscan's have no `<status>`. */
export function readHost(host: XmlElement, into: Collector): void {
  const record = hostOf(host);
  if (record === undefined) {
    into.reject(`line ${host.line}`, "the host has no address");
    return;
  }
  into.count("records");
  into.record(record);
  if (record.state === "up") {
    into.count("hostsUp");
    into.cover({ kind: "host", host: record.host });
  }
  for (const port of host.all("ports", "port")) readPort(port, record, into);
  const asset: Asset = { kind: "host", host: record.host };
  for (const script of host.all("hostscript", "script"))
    readScript(script, { asset, address: record.addresses[0] ?? record.host, into });
}

/** The host is what the scan was told to look at; names that were looked up are names of it. */
function hostOf(host: XmlElement): HostRecord | undefined {
  const addresses = [...host.all("address")];
  const internet = addresses.filter((one) => one.get("addrtype") !== "mac").map((one) => one.get("addr"));
  const hostnames = [...host.all("hostnames", "hostname")].filter((one) => one.get("name") !== "");
  const given = hostnames.filter((one) => one.get("type") === "user").map((one) => one.get("name"));
  const name = given[0] ?? internet.find((address) => address !== "");
  if (name === undefined) return undefined;
  const state = host.child("status")?.get("state") ?? "up";
  const hardware = addresses.find((one) => one.get("addrtype") === "mac");
  const system = host.child("os")?.child("osmatch")?.get("name") ?? "";
  return {
    kind: "host",
    host: name,
    names: [
      ...given.slice(1).map((alias) => ({ kind: "alias" as const, name: alias })),
      ...hostnames
        .filter((one) => one.get("type") !== "user")
        .map((one) => ({ kind: "reverse" as const, name: one.get("name") })),
      ...certificateNames(host),
    ],
    addresses: internet,
    state: state === "up" || state === "down" ? state : "unknown",
    details: {
      ...(hardware === undefined ? {} : { mac: hardware.get("addr"), vendor: hardware.get("vendor") }),
      ...(system === "" ? {} : { system }),
    },
    line: host.line,
  };
}

function certificateNames(host: XmlElement): HostRecord["names"] {
  const outputs = [...host.all("ports", "port")].flatMap((port) =>
    [...port.all("script")].filter((script) => script.get("id") === "ssl-cert").map((script) => script.get("output")),
  );
  const names = outputs.flatMap((output) => Array.from(output.matchAll(/\bDNS:([^\s,]+)/g), ([, name = ""]) => name));
  return [...new Set(names)].map((name) => ({ kind: "certificate", name }));
}

const transports = new Set<string>(["tcp", "udp", "sctp"] satisfies Transport[]);
const states: ReadonlyMap<string, ServiceRecord["state"]> = new Map([
  ["open", "open"],
  ["closed", "closed"],
  ["filtered", "filtered"],
]);

function readPort(port: XmlElement, host: HostRecord, into: Collector): void {
  const number = Number(port.get("portid"));
  const transport = port.get("protocol");
  // Protocol scans (`-sO`) list the numbers of protocols, which are no ports.
  if (transport === "ip") return;
  into.count("records");
  into.count("ports");
  const state = port.child("state")?.get("state") ?? "unknown";
  into.count("portStates", state);
  if (!transports.has(transport) || !Number.isInteger(number) || number < 0 || number > 65_535) {
    into.reject(`line ${port.line}`, "the port has no number or transport");
    return;
  }
  const place = { host: host.host, port: number, transport: transport as Transport };
  const known = states.get(state) ?? "unknown";
  into.record({ kind: "service", ...place, state: known, ...serviceOf(port), line: port.line });
  const asset: Asset = { kind: "service", ...place };
  for (const script of port.all("script")) readScript(script, { asset, address: host.addresses[0] ?? host.host, into });
}

function serviceOf(port: XmlElement): Pick<ServiceRecord, "service" | "probed" | "product" | "details"> {
  const service = port.child("service");
  if (service === undefined) return {};
  const cpes = [...service.all("cpe")].map((cpe) => cpe.text.trim());
  const details = ["version", "extrainfo", "tunnel", "hostname", "ostype"]
    .map((name) => [name, service.get(name)] as const)
    .filter(([, value]) => value !== "");
  return {
    service: service.get("name"),
    probed: service.get("method") === "probed",
    product: service.get("product"),
    details: { ...Object.fromEntries(details), ...(cpes.length === 0 ? {} : { cpes }) },
  };
}
