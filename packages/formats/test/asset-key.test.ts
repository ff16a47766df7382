import { expect, test } from "vitest";
import { type Asset, assetKey, hostKey, isAddress } from "@nerve/formats";

test.each([
  ["WWW.Example.ORG.", "www.example.org"],
  ["b\u00FCro.example", "xn--bro-hoa.example"],
  ["_dmarc.example.org", "_dmarc.example.org"],
  ["printer", "printer"],
  ["*.example.org", "*.example.org"],
  ["192.0.2.7", "192.0.2.7"],
  ["2001:DB8:0:0::0001", "2001:db8::1"],
  ["[2001:db8::1]", "2001:db8::1"],
  ["fe80::1%eth0", "fe80::1"],
])("the host %s is known as %s", (host, key) => {
  expect(hostKey(host)).toBe(key);
  expect(hostKey(key)).toBe(key);
});

test.each<[Asset, string]>([
  [{ kind: "service", host: "WWW.example.org", port: 443, transport: "tcp" }, "www.example.org:443/tcp"],
  [{ kind: "service", host: "2001:DB8::1", port: 53, transport: "udp" }, "[2001:db8::1]:53/udp"],
  [{ kind: "repository", name: "https://ada:secret@git.example.org/shop.git" }, "git.example.org/shop"],
  [{ kind: "repository", name: "git.example.org/shop/" }, "git.example.org/shop"],
  [{ kind: "repository", name: "shop" }, "shop"],
  [{ kind: "image", name: "registry.example.org:5000/team/shop:1.2" }, "registry.example.org:5000/team/shop"],
  [{ kind: "image", name: `team/shop@sha256:${"a".repeat(64)}` }, "team/shop"],
  [{ kind: "image", name: `team/shop:1@sha256:${"a".repeat(64)}` }, "team/shop"],
  [{ kind: "image", name: "registry.example.org:5000/shop" }, "registry.example.org:5000/shop"],
  [{ kind: "resource", name: " blue/a/Pod/p " }, "blue/a/Pod/p"],
  [{ kind: "unnamed" }, ""],
])("%j has the key %s", (asset, key) => {
  expect(assetKey(asset)).toBe(key);
});

test.each([
  ["192.0.2.7", true],
  ["2001:db8::1", true],
  ["256.0.0.1", false],
  ["1.2.3", false],
  ["1.2.3.4.", true],
  ["a.example", false],
])("whether %s is an address: %s", (text, answer) => {
  expect(isAddress(text)).toBe(answer);
});
