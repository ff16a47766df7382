import { describe, expect, test } from "vitest";
import {
  exposureRuleFor,
  exposureRules,
  exposureSource,
  findingKindNamed,
  findingKinds,
  severities,
} from "../src/index.ts";

const keyFor = (service: string, probed: boolean | undefined, port: number, transport = "tcp") =>
  exposureRuleFor({ service, probed, port, transport })?.key;

describe("the rules", () => {
  test("are those of nineteen services, from critical to low", () => {
    expect(exposureSource).toBe("nerve");
    expect(
      Object.fromEntries(exposureRules.map(({ key, severity }) => [key.replace("exposed-", ""), severity])),
    ).toEqual({
      telnet: "high",
      rdp: "high",
      vnc: "high",
      smb: "high",
      ftp: "medium",
      ssh: "low",
      mysql: "high",
      postgresql: "high",
      "sql-server": "high",
      mongodb: "high",
      redis: "critical",
      elasticsearch: "high",
      memcached: "high",
      etcd: "critical",
      docker: "critical",
      kubernetes: "high",
      rabbitmq: "medium",
      snmp: "medium",
      ldap: "medium",
    });
    expect(exposureRules).toHaveLength(19);
  });

  test("have kinds and severities that are there, and texts that a finding can hold", () => {
    for (const { kind, severity, title, description, remediation } of exposureRules) {
      expect(findingKindNamed(kind)?.id).toBe(kind);
      expect(severities).toContain(severity);
      expect(title).toMatch(/^\S.{2,60} is reachable from the internet$/);
      for (const text of [description, remediation]) expect(text).toMatch(/^\S.{60,400}\.$/);
    }
  });

  test("share no port and no name, and names are in lower case", () => {
    const claims = exposureRules.flatMap(({ key, ports, services }) => [key, ...ports, ...services]);
    expect(claims.filter((claim, index) => claims.indexOf(claim) !== index || claim !== claim.toLowerCase())).toEqual(
      [],
    );
  });

  test("call a port what the kinds call it for port scanners; only LDAP, which may be encrypted, is more than that", () => {
    const kinds = new Map<string, string>(
      findingKinds.flatMap(({ id, ports }) => ports.map((port) => [`tcp/${port}`, id] as const)),
    );
    const others = exposureRules.filter(({ kind, ports }) => ports.some((port) => (kinds.get(port) ?? kind) !== kind));
    expect(others.map(({ key }) => key)).toEqual(["exposed-ldap"]);
  });
});

describe("a service", () => {
  test("has the rule of its name where it was probed, whatever the port", () => {
    expect(keyFor("redis", true, 6380)).toBe("exposed-redis");
    expect(keyFor("SSH", true, 3306)).toBe("exposed-ssh");
    expect(keyFor("snmp", true, 1161, "udp")).toBe("exposed-snmp");
  });

  test("has none where a probe found something harmless on a known port", () => {
    expect(keyFor("domain", true, 3389)).toBeUndefined();
    expect(keyFor("http", true, 3389)).toBeUndefined();
  });

  test("has the rule of its port where nobody probed it, whatever the usual name is", () => {
    expect(keyFor("ssh", false, 3306)).toBe("exposed-mysql");
    expect(keyFor("redis", false, 8080)).toBeUndefined();
    expect(keyFor("wap-wsp", undefined, 9200)).toBe("exposed-elasticsearch");
    expect(exposureRuleFor({ port: 23, transport: "tcp" })).toMatchObject({
      key: "exposed-telnet",
      kind: "cleartext-transport",
      severity: "high",
    });
  });

  test.each(["", "unknown", "tcpwrapped", "ssl"])("has the rule of its port where the probe answered “%s”", (name) => {
    expect(keyFor(name, true, 5432)).toBe("exposed-postgresql");
  });

  test("has the rule of its port where a probe found HTTP, and the service speaks that", () => {
    expect(keyFor("http", true, 9200)).toBe("exposed-elasticsearch");
    expect(keyFor("https", true, 6443)).toBe("exposed-kubernetes");
    expect(keyFor("http", true, 5432)).toBeUndefined();
    expect(keyFor("https", true, 443)).toBeUndefined();
  });

  test("is told apart by its transport", () => {
    expect(keyFor("", false, 1434, "udp")).toBe("exposed-sql-server");
    expect(keyFor("", false, 1434, "tcp")).toBeUndefined();
    expect(keyFor("", false, 6379, "sctp")).toBeUndefined();
  });

  test("may have any name", () => {
    for (const name of ["__proto__", "constructor", "toString"]) {
      expect(keyFor(name, true, 3306)).toBeUndefined();
      expect(keyFor(name, false, 3306, name)).toBeUndefined();
    }
  });

  test("is found on each of the ports and by each of the names", () => {
    for (const { key, ports, services } of exposureRules) {
      for (const [transport = "", port] of ports.map((one) => one.split("/")))
        expect(keyFor("", false, Number(port), transport)).toBe(key);
      for (const name of services) expect(keyFor(name, true, 1)).toBe(key);
    }
  });
});
