import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { type Person, signedIn } from "../support/people.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

/** The longest time that this thread worked without a break while `work` went on, in milliseconds; what others do does not count. */
async function longestWorkDuring(work: () => Promise<void>): Promise<number> {
  const spent = () => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let [longest, last] = [0, spent()];
  const timer = setInterval(() => {
    const now = spent();
    [longest, last] = [Math.max(longest, now - last), now];
  }, 1);
  await work();
  clearInterval(timer);
  return longest;
}

/** A scan as scanners write it, of some 3 MB. */
function honestResults() {
  const banner = "nginx/1.18.0 with a banner of some length";
  const services = Array.from({ length: 20_000 }, (_, n) => ({
    host: `h${n}.example.org`,
    port: 443,
    service: "https",
    banner,
    risk_level: n % 2 === 0 ? "HIGH" : "LOW",
    n,
  }));
  return { port_scan_results: services };
}

const scanOf = (scanId: string, results: string) => `{"scanId":"${scanId}","target":"t","results":${results}}`;
const manyKeys = (count: number) => `{${Array.from({ length: count }, (_, n) => `"k${n}":0`).join(",")}}`;

/** What used to take seconds; the sender's and the tests' own work is in it. */
const most = 150;

describeOnEachEngine("large bodies", (context) => {
  let server: TestServer;
  let person: Person;

  beforeAll(async () => {
    server = await serveTest(context.db);
    person = await signedIn(context.db, "user");
  });
  afterAll(() => server.close());

  const post = (body: string | Uint8Array<ArrayBuffer>, route = "/api/xasm/scans") =>
    fetch(`${server.url}${route}`, {
      method: "POST",
      headers: { authorization: `Bearer ${person.token}`, "content-type": "application/json" },
      body,
    });

  test("attack: 900,000 keys hold nobody up, and are refused", async () => {
    const body = new TextEncoder().encode(scanOf("keys", manyKeys(900_000)));
    const longest = await longestWorkDuring(async () => {
      const answer = await post(body);
      expect([answer.status, await answer.json()]).toMatchObject([400, { code: "INVALID_INPUT" }]);
    });
    expect(longest).toBeLessThan(most);
  });

  test("attack: as many keys as are taken, in several objects, and 2 MB of nested lists hold nobody up", async () => {
    const objects = `[${Array.from({ length: 3 }, () => manyKeys(40_000)).join(",")}]`;
    const nested = `${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}`;
    const bodies = [scanOf("objects", `{"all":${objects}}`), scanOf("nested", nested)];
    const encoded = bodies.map((body) => new TextEncoder().encode(body));
    const longest = await longestWorkDuring(async () => {
      const statuses: number[] = [];
      for (const body of encoded) statuses.push((await post(body)).status);
      expect(statuses).toEqual([201, 400]);
    });
    expect(longest).toBeLessThan(most);
  });

  test("an honest scan of 3 MB goes in and out, and is what it was", async () => {
    const results = honestResults();
    const body = new TextEncoder().encode(scanOf("honest", JSON.stringify(results)));
    let received = new ArrayBuffer(0);
    const longest = await longestWorkDuring(async () => {
      const saved = await post(body);
      expect(saved.status).toBe(201);
      expect(await saved.json()).toMatchObject({ summary: { total_services: 20_000, high_vulns: 10_000 } });
      const headers = { authorization: `Bearer ${person.token}` };
      const found = await fetch(`${server.url}/api/xasm/scans/honest`, { headers });
      expect(found.headers.get("content-type")).toBe("application/json; charset=utf-8");
      received = await found.arrayBuffer();
      expect(found.headers.get("content-length")).toBe(String(received.byteLength));
    });
    expect(longest).toBeLessThan(most);
    const answer = JSON.parse(new TextDecoder().decode(received));
    expect(answer).toMatchObject({ scanId: "honest", target: "t", userId: person.id, status: "completed" });
    expect(answer.results).toEqual(results);
  });

  test("a large scan is held to the same rules as a small one, and leaves nothing behind when it is refused", async () => {
    const filler = "x".repeat(70_000);
    for (const results of [
      `{"subdomains":"${filler}"}`,
      `{"text":"\\u0000${filler}"}`,
      `{"a":{"__proto__":{"role":"super_admin"}},"text":"${filler}"}`,
      `"${filler}"`,
    ]) {
      const answer = await post(scanOf("refused", results));
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ issues: [{ field: expect.stringMatching(/^results/) }] });
    }
    const unknown = await post(`{"scanId":"s","target":"t","results":{"a":"${filler}"},"extra":1}`);
    expect(await unknown.json()).toMatchObject({ issues: [{ field: "extra", message: "is not a known field" }] });
    expect((await server.call("GET /api/xasm/scans/refused", { token: person.token })).status).toBe(404);
  });

  test("a large scan is refused where another user has its id, and the next one is taken", async () => {
    const other = await signedIn(context.db, "user");
    const results = { text: "x".repeat(70_000) };
    const save = (token: string, scanId: string) =>
      server.call("POST /api/lightbox/scans", { token, body: { scanId, target: "t", results } });
    expect((await save(person.token, "mine")).status).toBe(201);
    expect((await save(other.token, "mine")).body.code).toBe("CONFLICT");
    expect((await save(other.token, "theirs")).status).toBe(201);
  });

  describe("from whoever is not signed in", () => {
    test("attack: a body of more than a few KiB is refused before it is read", async () => {
      const answer = await post(`{"email":"a@example.org","password":"${"x".repeat(20_000)}"}`, "/api/auth/sign-in");
      expect(answer.status).toBe(413);
    });
  });

  test("a client that goes away while it sends leaves nothing in flight", async () => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.on("error", () => undefined);
    const head = `POST /api/xasm/scans HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${person.token}\r\n`;
    socket.write(`${head}content-type: application/json\r\ncontent-length: 2000000\r\n\r\n${"[".repeat(1_000_000)}`);
    await vi.waitFor(() => expect(server.inFlight()).toBeGreaterThan(500_000), { timeout: 10_000 });
    socket.destroy();
    await vi.waitFor(() => expect(server.inFlight()).toBe(0), { timeout: 10_000 });
  });
});
