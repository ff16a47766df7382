import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";
import fastify from "fastify";
import { describe, expect, test, vi } from "vitest";
import { createDrain, type DrainBounds } from "../../src/bodies/drain.ts";
import { connectRaw, expectAnswers, expectEnd, type RawClient } from "../support/raw-client.ts";

const mib = 1024 * 1024;
const hour = 3600_000;
const unbounded: DrainBounds = { bytes: 1024 * mib, quietMs: hour, togetherMs: hour };

const chunked = "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
const chunk = `10000\r\n${" ".repeat(0x10000)}\r\n`;
const headOf = (bytes: number, more = "") => `POST / HTTP/1.1\r\nhost: x\r\n${more}content-length: ${bytes}\r\n\r\n`;

interface Refusing extends AsyncDisposable {
  readonly url: string;
  readonly connections: () => Promise<number>;
}

/** Serves nothing: every body is refused unread. */
async function refuseAll(bounds: Partial<DrainBounds>): Promise<Refusing> {
  const drain = createDrain({ ...unbounded, ...bounds });
  const server = fastify({
    clientErrorHandler(_error, socket) {
      if (drain.takesFaultOf(socket)) return;
      socket.end("HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\n{}");
      drain.connection(socket);
    },
  });
  server.addHook("onSend", (request, reply, payload, done) => {
    drain.body(request, reply);
    done(null, payload);
  });
  server.post("/", { onRequest: async (_request, reply) => reply.code(403).send({}) }, () => ({}));
  const url = await server.listen({ host: "127.0.0.1", port: 0 });
  return {
    url,
    connections: promisify(server.server.getConnections.bind(server.server)),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** Waits until the server has no connection left. */
async function expectNobody({ connections }: Refusing): Promise<void> {
  await vi.waitFor(async () => expect(await connections()).toBe(0), { timeout: 10_000, interval: 5 });
}

/** Writes until the server has closed the connection, and gives how many pieces that took. */
async function writeAsLongAsItGoes(client: RawClient, piece: string): Promise<number> {
  for (let count = 0; ; count += 1) {
    try {
      await client.write(piece);
    } catch {
      return count;
    }
    await setImmediate();
  }
}

describe.each([
  ["a body that says how long it is", headOf(mib), 403, " "],
  ["a body that does not say how long it is", chunked, 403, "1\r\n \r\n"],
  ["a body that is the last on its connection", headOf(mib, "connection: close\r\n"), 403, " "],
  ["what is no HTTP", "hello\r\n\r\n", 400, " "],
])("a client that was refused amid %s", (_what, head, status, drop) => {
  test("is disconnected when nothing more comes", async () => {
    await using server = await refuseAll({ quietMs: 20 });
    using client = connectRaw(server.url);
    await client.write(`${head}${drop}`);
    await expectAnswers(client, status);
    await expectNobody(server);
  });

  test("attack: is disconnected after a time, whatever drips in", async () => {
    await using server = await refuseAll({ togetherMs: 100 });
    using client = connectRaw(server.url);
    await client.write(head);
    await expectAnswers(client, status);
    await writeAsLongAsItGoes(client, drop);
    await expectNobody(server);
  });
});

describe.each([
  ["an endless body", chunked, 403, chunk],
  ["what is no HTTP", "hello\r\n\r\n", 400, chunk],
])("of %s", (_what, head, status, piece) => {
  test("attack: no more is read than the bound, however fast it comes", async () => {
    await using server = await refuseAll({ bytes: mib });
    using client = connectRaw(server.url);
    await client.write(head);
    await expectAnswers(client, status);
    // What the system holds on both sides is beyond the bound.
    expect((await writeAsLongAsItGoes(client, piece)) * piece.length).toBeLessThan(32 * mib);
  });
});

test("a body that is longer than will be read is answered with the end of the connection", async () => {
  await using server = await refuseAll({ bytes: mib, quietMs: 20 });
  for (const [bytes, says] of [
    [mib, "keep-alive"],
    [mib + 1, "close"],
  ] as const) {
    using client = connectRaw(server.url);
    await client.write(headOf(bytes));
    await expectAnswers(client, 403);
    expect(client.received().toLowerCase()).toContain(`connection: ${says}`);
    await expectEnd(client);
  }
});

test("once a body has ended its bounds count no more, and the next one has bounds of its own", async () => {
  await using server = await refuseAll({ bytes: 3000, quietMs: 200, togetherMs: 200 });
  using client = connectRaw(server.url);
  const statuses: number[] = [];
  for (let count = 0; count < 2; count += 1) {
    statuses.push(403);
    await client.write(headOf(2000));
    await expectAnswers(client, ...statuses);
    await client.writeBlanks(2000);
    const until = performance.now() + 220;
    await vi.waitUntil(() => performance.now() > until, { interval: 10 });
  }
  await client.write(headOf(0));
  await expectAnswers(client, ...statuses, 403);
});
