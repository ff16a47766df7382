// A load generator in a process of its own: sends requests over keep-alive connections, as many as the parent asks for.
import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** Where requests go, and what they are: each whole, as it goes over the wire. */
export interface Target {
  readonly port: number;
  readonly requests: readonly string[];
  /** The status of every answer. */
  readonly status: number;
}

/** What the parent says: first where to, then how many, as often as it likes. */
export type LoadOrder = Target | number;
/** What it hears: that they were answered, or why not. */
export type LoadReport = "done" | { readonly failed: string };

const connections = 16;

/** Where the answer at the head of what has come ends; undefined while some of it is missing. */
function endOfAnswer(received: string): number | undefined {
  const head = received.indexOf("\r\n\r\n");
  if (head === -1) return undefined;
  const length = /\r\ncontent-length: *(\d+)/i.exec(received.slice(0, head))?.[1];
  const end =
    length === undefined ? received.indexOf("\r\n0\r\n\r\n", head + 2) + 7 : head + 4 + Number.parseInt(length, 10);
  return end < head || received.length < end ? undefined : end;
}

/** Sends requests over one connection, each when the one before has been answered. */
function sendOver(socket: Socket, { requests, status }: Target, take: () => number | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = "";
    const next = () => {
      const number = take();
      if (number === undefined) return void socket.end(resolve);
      socket.write(requests[number % requests.length] ?? "");
    };
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      received += chunk;
      const end = endOfAnswer(received);
      if (end === undefined) return;
      if (!received.startsWith(`HTTP/1.1 ${status} `)) return reject(new Error(received.slice(0, 1000)));
      received = received.slice(end);
      next();
    });
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("The server closed a connection.")));
    next();
  });
}

let sent = 0;

async function sendAll(target: Target, count: number): Promise<void> {
  let left = count;
  const take = () => {
    if (left === 0) return undefined;
    left -= 1;
    sent += 1;
    return sent;
  };
  const sendSome = async () => {
    const socket = connect({ port: target.port, host: "127.0.0.1", noDelay: true });
    await once(socket, "connect");
    await sendOver(socket, target, take);
  };
  await Promise.all(Array.from({ length: connections }, sendSome));
}

let target: Target | undefined;

async function obey(order: LoadOrder): Promise<LoadReport> {
  try {
    if (typeof order !== "number") target = order;
    else if (target !== undefined) await sendAll(target, order);
    return "done";
  } catch (error) {
    return { failed: String(error) };
  }
}

process.on("message", (order: LoadOrder) => void obey(order).then((report) => process.send?.(report)));
