import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { describeOnEachEngine } from "../../../database/test/support/engines.ts";
import { type Person, signedIn } from "../support/people.ts";
import { serveTest, type TestServer } from "../support/test-server.ts";

const mib = 1024 * 1024;

describeOnEachEngine("answers that nobody reads", (context) => {
  let person: Person;
  let server: TestServer;
  const servers: TestServer[] = [];
  const sockets: Socket[] = [];

  beforeAll(async () => {
    person = await signedIn(context.db, "user");
    server = await serve({});
    const results = { text: "x".repeat(5 * mib) };
    await server.call("POST /api/xasm/scans", { token: person.token, body: { scanId: "big", target: "t", results } });
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    for (const one of servers) await one.close();
  });

  async function serve(environment: Record<string, string>): Promise<TestServer> {
    const one = await serveTest(context.db, environment);
    servers.push(one);
    return one;
  }

  /** Asks for the scan and reads no more than the system takes in by itself. */
  function askAndNotRead({ url }: TestServer): void {
    const { port } = new URL(url);
    const socket = connect(Number(port), "127.0.0.1", () =>
      socket.write(`GET /api/xasm/scans/big HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${person.token}\r\n\r\n`),
    ).pause();
    socket.on("error", () => undefined);
    sockets.push(socket);
  }

  test("attack: however many are asked for, a user holds no more than the budget, and others go on", async () => {
    const bounded = await serve({ NERVE_IN_FLIGHT_MIB_PER_USER: "11", NERVE_IN_FLIGHT_MIB: "16" });
    const other = await signedIn(context.db, "user");
    const ask = () => bounded.call("GET /api/xasm/scans/big", { token: person.token });
    for (let count = 0; count < 4; count += 1) askAndNotRead(bounded);
    await vi.waitUntil(() => bounded.inFlight() > 10 * mib, { timeout: 20_000 });
    const refused = await ask();
    expect([refused.status, refused.body.code]).toEqual([429, "TOO_MUCH_IN_FLIGHT"]);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(bounded.inFlight()).toBeLessThanOrEqual(11 * mib);
    expect((await bounded.call("GET /api/auth/me", { token: other.token })).status).toBe(200);
    expect((await bounded.call("GET /api/auth/me", { token: person.token })).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    await vi.waitFor(() => expect(bounded.inFlight()).toBe(0), { timeout: 20_000 });
    expect((await ask()).status).toBe(200);
  });

  test("whoever stops reading is disconnected, and what they held is free again", async () => {
    const impatient = await serve({ NERVE_STALLED_SECONDS: "1" });
    askAndNotRead(impatient);
    await vi.waitUntil(() => impatient.inFlight() > 5 * mib, { timeout: 20_000 });
    await vi.waitFor(() => expect(impatient.inFlight()).toBe(0), { timeout: 20_000 });
    expect(impatient.logLines.some((line) => line.includes("a client stopped reading"))).toBe(true);
  });

  test("a client that reads slowly, but reads, gets its answer whole", async () => {
    const impatient = await serve({ NERVE_STALLED_SECONDS: "2" });
    const answer = await fetch(`${impatient.url}/api/xasm/scans/big`, {
      headers: { authorization: `Bearer ${person.token}` },
    });
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    let length = 0;
    for (let pauses = 0, read = await reader.read(); !read.done; read = await reader.read()) {
      length += read.value.length;
      if (length < (pauses + 1) * mib) continue;
      pauses += 1;
      // Shorter than a client may stand still, and longer in all.
      const until = performance.now() + 500;
      await vi.waitUntil(() => performance.now() > until, { timeout: 5000 });
    }
    expect(length).toBe(Number(answer.headers.get("content-length")));
  });
});
