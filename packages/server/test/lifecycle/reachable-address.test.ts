import type { NetworkInterfaceInfo } from "node:os";
import { describe, expect, test } from "vitest";
import { reachableAddress } from "../../src/lifecycle/reachable-address.ts";

const of = (address: string, internal = false): NetworkInterfaceInfo =>
  address.includes(":")
    ? {
        address,
        internal,
        family: "IPv6",
        netmask: "",
        mac: "",
        cidr: null,
        scopeid: address.startsWith("fe80") ? 2 : 0,
      }
    : { address, internal, family: "IPv4", netmask: "", mac: "", cidr: null };

const loopback = [of("127.0.0.1", true), of("::1", true)];

describe("the address that people are told", () => {
  test.each([
    ["the one that it listens at", "http://127.0.0.1:8000", "127.0.0.1", "http://127.0.0.1:8000"],
    ["the network's, of a server on all of IPv4", "http://127.0.0.1:8000", "0.0.0.0", "http://192.0.2.7:8000"],
    ["the network's, of a server on all addresses", "http://[::1]:8000", "::", "http://192.0.2.7:8000"],
  ])("is %s", (_, address, host, told) => {
    const interfaces = { lo: loopback, eth0: [of("fe80::1"), of("2001:db8::7"), of("192.0.2.7")] };
    expect(reachableAddress(address, host, interfaces)).toBe(told);
  });

  test("is of IPv6 where there is no other, and never one of a single link", () => {
    const interfaces = { lo: loopback, eth0: [of("fe80::1"), of("2001:db8::7")] };
    expect(reachableAddress("http://[::1]:8000", "::", interfaces)).toBe("http://[2001:db8::7]:8000");
    expect(reachableAddress("http://127.0.0.1:8000", "0.0.0.0", interfaces)).toBe("http://127.0.0.1:8000");
  });

  test("stays as it is on a machine without a network", () => {
    expect(reachableAddress("http://127.0.0.1:8000", "0.0.0.0", { lo: loopback })).toBe("http://127.0.0.1:8000");
  });
});
