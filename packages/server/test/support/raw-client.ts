import { connect } from "node:net";
import { setImmediate } from "node:timers/promises";
import { expect, vi } from "vitest";

/** A connection of a client that writes bytes as they are, and reads only while it expects something. */
export interface RawClient extends Disposable {
  /** Resolves once the system has taken them; rejects when the connection is no more. */
  readonly write: (bytes: string | Uint8Array) => Promise<void>;
  /** Writes so many blanks piece by piece, so that the server may answer in between. */
  readonly writeBlanks: (bytes: number) => Promise<void>;
  /** Says that nothing more will be sent. */
  readonly end: () => void;
  /** Reads until what it is given does not throw. */
  readonly readUntil: (holds: () => void) => Promise<void>;
  /** All that has been read. */
  readonly received: () => string;
  /** How the connection stands: `open`, `ended` by the server in order, or the code of an error. */
  readonly state: () => string;
}

const pieceBytes = 64 * 1024;

/** Connects to a server. */
export function connectRaw(url: string): RawClient {
  const { hostname, port } = new URL(url);
  let [received, state] = ["", "open"];
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true }).pause();
  socket.on("data", (chunk: Buffer) => (received += chunk.toString()));
  socket.on("end", () => (state = "ended"));
  socket.on("error", ({ code }: NodeJS.ErrnoException) => (state = code ?? "failed"));
  const write = (bytes: string | Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      socket.write(bytes, (error) => (error == null ? resolve() : reject(error)));
    });
  return {
    write,
    async writeBlanks(bytes) {
      for (let left = bytes; left > 0; left -= pieceBytes) {
        await write(Buffer.alloc(Math.min(left, pieceBytes), " "));
        await setImmediate();
      }
    },
    end: () => void socket.end(),
    async readUntil(holds) {
      socket.resume();
      await vi.waitFor(holds, { timeout: 10_000, interval: 5 });
      socket.pause();
    },
    received: () => received,
    state: () => state,
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

const answer = /HTTP\/1\.1 ([2-5]\d\d) .*?\r\n\r\n\{.*?\}(?=HTTP|$)/gs;

/** Reads until the answers with these statuses are there whole, and no others. */
export async function expectAnswers(client: RawClient, ...statuses: readonly number[]): Promise<void> {
  await client.readUntil(() => {
    const found = Array.from(client.received().matchAll(answer), ([, status]) => Number(status));
    expect({ found, state: client.state() }).toMatchObject({ found: statuses });
  });
}

/** Reads until the server has ended the connection in order, having read all that was sent. */
export async function expectEnd(client: RawClient): Promise<void> {
  await client.readUntil(() => expect(client.state()).toBe("ended"));
}
