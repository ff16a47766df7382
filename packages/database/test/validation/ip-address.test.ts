import { describe, expect, test } from "vitest";
import { toCanonicalIpAddress } from "../../src/validation/ip-address.ts";
import { validateIpAddress } from "../../src/validation/index.ts";

describe("validateIpAddress accepts", () => {
  test.each([
    "192.168.1.1",
    "10.0.0.1",
    "8.8.8.8",
    "255.255.255.255",
    "0.0.0.0",
    "::1",
    "::",
    "2001:db8::1",
    "2001:0DB8:0000:0000:0000:0000:0000:0001",
    "::ffff:192.0.2.1",
    "0000:0000:0000:0000:0000:ffff:255.255.255.255",
  ])("%j", (value) => expect(validateIpAddress(value)).toBe(true));
});

describe("validateIpAddress refuses", () => {
  test.each([
    "256.1.1.1",
    "192.168.1",
    "not.an.ip.address",
    "192.168.1.1.5",
    "",
    "01.02.03.04",
    "192.0.2.1\n",
    " 192.0.2.1",
    "::1\n",
    "fe80::1%eth0",
    "fe80::1%",
    "::ffff:01.2.3.4",
    "2001:db8::/32",
    "192.0.2.1:80",
    "[::1]",
    "1::2::3",
    "0x7f.0.0.1",
    "2130706433",
    "١٩٢.0.2.1",
  ])("%j", (value) => expect(validateIpAddress(value)).toBe(false));

  test.each([[undefined], [null], [2130706433], [{}], [["::1"]]])(
    "what is not a string, without a throw: %s",
    (value) => expect(validateIpAddress(value)).toBe(false),
  );
});

test.each([
  ["2001:0DB8:0:0:0:0:0:1", "2001:db8::1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::FFFF:c000:0201", "192.0.2.1"],
  ["::1", "::1"],
  ["192.0.2.1", "192.0.2.1"],
  ["fe80::1%eth0", undefined],
])("the one form of %j is %j", (value, canonical) => expect(toCanonicalIpAddress(value)).toBe(canonical));
