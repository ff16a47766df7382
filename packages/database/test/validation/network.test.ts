import { describe, expect, test } from "vitest";
import { networkList, toCanonicalNetwork } from "../../src/validation/network.ts";

describe("the one form of a network", () => {
  test.each([
    ["192.0.2.0/24", "192.0.2.0/24"],
    ["192.0.2.7", "192.0.2.7/32"],
    ["192.0.2.7/24", "192.0.2.0/24"],
    ["255.255.255.255/1", "128.0.0.0/1"],
    ["203.0.113.9/0", "0.0.0.0/0"],
    ["10.11.12.13/20", "10.11.0.0/20"],
    ["2001:DB8:0::1", "2001:db8::1/128"],
    ["2001:db8:ffff:ffff::1/33", "2001:db8:8000::/33"],
    ["2001:db8::ffff/112", "2001:db8::/112"],
    ["::/0", "::/0"],
    ["::1:2/112", "::0.1.0.0/112"],
    ["::ffff:192.0.2.7", "192.0.2.7/32"],
    ["::ffff:192.0.2.7/120", "192.0.2.0/24"],
    ["::ffff:c000:207/96", "0.0.0.0/0"],
  ])("of %j is %j", (written, canonical) => {
    expect(toCanonicalNetwork(written)).toBe(canonical);
    expect(toCanonicalNetwork(canonical)).toBe(canonical);
  });

  test.each([
    "",
    "/24",
    "192.0.2.0/",
    "192.0.2.0/33",
    "192.0.2.0/-1",
    "192.0.2.0/024",
    "192.0.2.0/2e1",
    "192.0.2.0/24/8",
    "192.0.2.0/255.255.255.0",
    "192.0.2.0 /24",
    "192.0.2.0/24\n",
    "192.0.2/24",
    "2001:db8::/129",
    "::ffff:192.0.2.0/95",
    "fe80::1%eth0/64",
    "fe80::/64%eth0",
    "example.org/24",
    "*",
    "٢/٢٤",
  ])("is none for %j", (written) => expect(toCanonicalNetwork(written)).toBeUndefined());
});

describe("a list of networks", () => {
  const cases: [networks: string[], address: string, isIn: boolean][] = [
    [["192.0.2.0/24", "2001:db8::/33"], "192.0.2.255", true],
    [["192.0.2.0/24", "2001:db8::/33"], "192.0.3.0", false],
    [["192.0.2.0/24", "2001:db8::/33"], "2001:db8:7fff::1", true],
    [["192.0.2.0/24", "2001:db8::/33"], "2001:db8:8000::1", false],
    [["192.0.2.0/24"], "::ffff:192.0.2.7", true],
    [["192.0.2.0/24"], "::ffff:c000:207", true],
    [["192.0.2.0/24"], "::192.0.2.7", false],
    [["::ffff:192.0.2.0/120"], "192.0.2.7", true],
    [["0.0.0.0/0"], "198.51.100.1", true],
    [["0.0.0.0/0"], "2001:db8::1", false],
    [["::/0"], "2001:db8::1", true],
    [["::/0"], "198.51.100.1", false],
    [["::/80"], "::ffff:198.51.100.1", false],
    [["192.0.2.7"], "192.0.2.7", true],
    [["192.0.2.7"], "192.0.2.8", false],
    [["192.0.2.0/24"], "192.0.2.7:80", false],
    [["::/0", "0.0.0.0/0"], "", false],
    [[], "192.0.2.7", false],
  ];
  test.each(cases)("of %j: that %j is in it is %s", (networks, address, isIn) =>
    expect(networkList(networks)(address)).toBe(isIn),
  );

  test("is refused for what is no network", () => {
    expect(() => networkList(["192.0.2.0/24", "everywhere"])).toThrow(TypeError);
  });
});
