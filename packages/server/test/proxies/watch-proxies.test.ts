import { acknowledgeSecurityEvent, getSecurityEvents, runHealthCheck } from "@nerve/database";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

const publicUrl = "https://nerve.example.org";
const behindProxy = { NERVE_PUBLIC_URL: publicUrl, NERVE_TRUSTED_PROXIES: "127.0.0.1" };
const wellForwarded = { "x-forwarded-for": "192.0.2.7", "x-forwarded-proto": "https", host: "nerve.example.org" };

describeOnEachEngine("proxies that are set up wrongly", (context) => {
  let behind: TestServer;
  let alone: TestServer;
  beforeAll(async () => {
    behind = await serveTest(context.db, behindProxy);
    alone = await serveTest(context.db);
  });
  afterAll(() => Promise.all([behind.close(), alone.close()]));
  /** What is known is told again by a later hour. */
  beforeEach(() => context.clock.advance({ hours: 1 }));
  /** Sends a request as a proxy at the address does. */
  const send = (server: TestServer, headers: Record<string, string>, remoteAddress = "127.0.0.1", url = "/api/users") =>
    server.server.inject({ url, headers, remoteAddress });
  const told = async () => {
    const { items } = await getSecurityEvents(context.db, { eventType: "misconfigured", acknowledged: false });
    return items.map(({ metadataJson }) => (metadataJson as { fault: string }).fault);
  };
  const acknowledge = async () => {
    const { items } = await getSecurityEvents(context.db, { eventType: "misconfigured", acknowledged: false });
    for (const { id } of items) await acknowledgeSecurityEvent(context.db, { id });
  };
  afterEach(acknowledge);

  test.each([
    ["names no client", "behind", { host: "127.0.0.1:8000" }, "127.0.0.1", "unnamed-client"],
    ["names no client, as IPv4 in IPv6", "behind", { host: "x" }, "::ffff:127.0.0.1", "unnamed-client"],
    ["forwards http", "behind", { ...wellForwarded, "x-forwarded-proto": "http" }, "127.0.0.1", "in-the-clear"],
    ["says nothing of https", "behind", { "x-forwarded-for": "192.0.2.7" }, "127.0.0.1", "in-the-clear"],
    ["passes its own name on", "behind", { ...wellForwarded, host: "127.0.0.1:8000" }, "127.0.0.1", "other-name"],
    ["is not named, in Docker's network", "alone", { "x-forwarded-for": "192.0.2.7" }, "172.17.0.1", "unknown-proxy"],
    ["is not named, on the link", "alone", { "x-forwarded-for": "192.0.2.7" }, "fe80::1%eth0", "unknown-proxy"],
    ["is not the named one", "behind", wellForwarded, "10.0.0.5", "unknown-proxy"],
  ])("one that %s is told by the log and an event, once", async (_, which, headers, peer, fault) => {
    const server = which === "behind" ? behind : alone;
    const before = server.logLines.length;
    for (let count = 0; count < 3; count += 1) await send(server, headers, peer);
    expect(await told()).toEqual([fault]);
    const warnings = server.logLines.slice(before).filter((line) => line.includes('"level":"warn"'));
    expect(warnings).toEqual([expect.stringContaining(`"fault":"${fault}"`)]);
  });

  test("the health check warns of it until somebody acknowledges it", async () => {
    const warnings = async () => {
      const { alerts, healthy } = await runHealthCheck(context.db);
      expect(healthy).toBe(true);
      return alerts.filter(({ code }) => code === "CONFIGURATION").map(({ message }) => message);
    };
    await send(behind, {});
    expect(await warnings()).toEqual([expect.stringMatching(/127\.0\.0\.1.*`nerve event acknowledge \d+`/)]);
    await acknowledge();
    expect(await warnings()).toEqual([]);
  });

  test.each([
    ["a good proxy", "behind", wellForwarded, "127.0.0.1"],
    [
      "a good proxy that passes the name on apart",
      "behind",
      { ...wellForwarded, host: "127.0.0.1:8000", "x-forwarded-host": "nerve.example.org" },
      "127.0.0.1",
    ],
    ["no proxy", "alone", { host: "127.0.0.1" }, "127.0.0.1"],
    ["a stranger who writes a proxy's header", "alone", { "x-forwarded-for": "192.0.2.7" }, "203.0.113.9"],
  ])("nothing is told of %s", async (_, which, headers, peer) => {
    await send(which === "behind" ? behind : alone, headers, peer);
    expect(await told()).toEqual([]);
  });

  test("nothing is told of what asks whether the server runs", async () => {
    for (const url of ["/api/health", "/api/health/ready"]) await send(behind, {}, "127.0.0.1", url);
    expect(await told()).toEqual([]);
  });

  test("what was acknowledged and is still wrong is told again after an hour, once", async () => {
    await send(behind, {});
    await acknowledge();
    await send(behind, {});
    expect(await told()).toEqual([]);
    context.clock.advance({ hours: 1 });
    await send(behind, {});
    expect(await told()).toEqual(["unnamed-client"]);
    context.clock.advance({ hours: 1 });
    await send(behind, {});
    expect(await told()).toEqual(["unnamed-client"]);
  });

  test.each([{ host: "127.0.0.1:8000" }, { host: "localhost", "x-forwarded-for": "127.0.0.1" }])(
    "attack: /metrics is closed to what a trusted proxy passes on without a header, %o",
    async (headers) => {
      expect((await send(behind, headers, "127.0.0.1", "/metrics")).statusCode).toBe(401);
    },
  );
});
