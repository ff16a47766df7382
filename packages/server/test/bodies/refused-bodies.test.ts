import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { type Person, signedIn } from "../support/people.ts";
import { connectRaw, expectAnswers, expectEnd } from "../support/raw-client.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

const mib = 1024 * 1024;
const json = "content-type: application/json";

/** The head of a request with a body of so many bytes. */
const headOf = (route: string, bytes: number, ...more: readonly string[]) =>
  `${[`${route} HTTP/1.1`, "host: x", ...more, `content-length: ${bytes}`].join("\r\n")}\r\n\r\n`;
const health = "GET /api/health HTTP/1.1\r\nhost: x\r\n\r\n";

describeOnEachEngine("a body that is refused before it was read", (context) => {
  let server: TestServer;
  let person: Person;
  let token = "";

  beforeAll(async () => {
    server = await serveTest(context.db, { NERVE_IN_FLIGHT_MIB_PER_USER: "1" });
    person = await signedIn(context.db, "user");
    token = `authorization: Bearer ${person.token}`;
  });
  afterAll(() => server.close());

  test("a client that sends it whole before it reads sees the answer, and no reset", async () => {
    using client = connectRaw(server.url);
    await client.write(headOf("POST /api/auth/sign-in", 8 * mib, json));
    await client.writeBlanks(8 * mib);
    await expectAnswers(client, 413);
    await expectEnd(client);
  });

  test.each([
    ["its route takes less", 413, "POST /api/auth/sign-in", [json]],
    ["it says so itself", 401, "POST /api/xasm/scans", [json, "connection: close"]],
    ["nobody is signed in", 401, "POST /api/xasm/scans", [json]],
    ["it comes from another site", 403, "POST /api/auth/sign-in", [json, "origin: https://evil.example"]],
    ["there is no such address", 413, "POST /api/nothing", [json]],
    ["the address cannot be read", 400, "POST /%zz", ["connection: close"]],
    ["nobody asked for it", 200, "GET /api/health", ["connection: close"]],
  ])("the answer is there at once, and the rest is read, where %s", async (_why, status, route, headers) => {
    using client = connectRaw(server.url);
    await client.write(headOf(route, mib, ...headers));
    await expectAnswers(client, status);
    await client.writeBlanks(mib);
    if (client.received().toLowerCase().includes("connection: close")) return await expectEnd(client);
    await client.write(health);
    await expectAnswers(client, status, 200);
  });

  test("attack: a head that does not come to its end is not waited for as long as a report may take", () => {
    const { headersTimeout, requestTimeout } = server.server.server;
    expect([headersTimeout, requestTimeout]).toEqual([60_000, 3_600_000]);
  });

  test("attack: a report of somebody who is not signed in is not read, however slowly it comes", async () => {
    using client = connectRaw(server.url);
    await client.write(headOf("POST /api/imports?format=nmap", 64 * mib));
    await expectAnswers(client, 401);
    await client.write("<");
    expect(server.inFlight()).toBe(0);
  });

  test.each([
    ["of a kind that is not taken", 415, "content-type: text/plain"],
    ["of more than may be in flight", 429, json],
  ])("so is one %s, and nothing of it is held", async (_what, status, type) => {
    using client = connectRaw(server.url);
    await client.write(headOf("POST /api/xasm/scans", 4 * mib, type, token));
    await client.writeBlanks(2 * mib);
    await expectAnswers(client, status);
    expect(server.inFlight()).toBe(0);
    await client.writeBlanks(2 * mib);
    if (client.received().includes("connection: close")) return await expectEnd(client);
    await client.write(health);
    await expectAnswers(client, status, 200);
  });

  test("so is one that does not say how long it is", async () => {
    using client = connectRaw(server.url);
    await client.write(`POST /api/auth/sign-in HTTP/1.1\r\nhost: x\r\n${json}\r\ntransfer-encoding: chunked\r\n\r\n`);
    const chunk = `8000\r\n${" ".repeat(0x8000)}\r\n`;
    await client.write(chunk);
    await expectAnswers(client, 413);
    for (let count = 0; count < 30; count += 1) await client.write(chunk);
    await client.write("0\r\n\r\n");
    await expectEnd(client);
  });

  test("so are headers that are too large, and what is no HTTP", async () => {
    for (const [head, status] of [
      [`POST /api/auth/sign-in HTTP/1.1\r\nhost: x\r\nx: ${"a".repeat(20_000)}\r\n`, 431],
      ["hello\r\n\r\n", 400],
    ] as const) {
      using client = connectRaw(server.url);
      await client.write(head);
      await expectAnswers(client, status);
      await client.writeBlanks(mib);
      await expectEnd(client);
      expect(client.received().match(/HTTP\/1\.1 /g)).toHaveLength(1);
    }
  });

  test("a client that goes away amid the rest is refused once", async () => {
    using client = connectRaw(server.url);
    const before = server.logLines.length;
    await client.write(headOf("POST /api/xasm/scans", mib, json));
    await expectAnswers(client, 401);
    await client.writeBlanks(1000);
    client.end();
    await expectEnd(client);
    expect(client.received().match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(server.logLines.slice(before).filter((line) => line.includes("INVALID_INPUT"))).toEqual([]);
  });

  describe("a client that asks first (Expect: 100-continue)", () => {
    const expecting = "expect: 100-continue";

    test("is refused without sending its body", async () => {
      using client = connectRaw(server.url);
      await client.write(headOf("POST /api/auth/sign-in", 2 * mib, json, expecting));
      await expectAnswers(client, 413);
      expect(client.received()).not.toContain("100 Continue");
      await expectEnd(client);
    });

    test("is told to go on where it is not", async () => {
      using client = connectRaw(server.url);
      const body = JSON.stringify({ email: "nobody@example.org", password: "moon river dance seven" });
      await client.write(headOf("POST /api/auth/sign-in", body.length, json, expecting));
      await client.readUntil(() => expect(client.received()).toBe("HTTP/1.1 100 Continue\r\n\r\n"));
      await client.write(body);
      await expectAnswers(client, 401);
    });
  });
});
