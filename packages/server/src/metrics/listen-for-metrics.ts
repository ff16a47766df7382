import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { FastifyBaseLogger } from "fastify";
import { Registry } from "prom-client";
import { shareRuns } from "../routes/operations/one-at-a-time.ts";
import { isLoopbackHost, isNameOfThisMachine } from "../settings/index.ts";

/** Whoever scrapes asks every few seconds, over a connection or two. */
const most = { connections: 32, requestMs: 10_000, idleMs: 90_000 };

/** Where metrics are read without a key. */
export interface MetricsListener {
  /** `http://127.0.0.1:9464`. */
  readonly address: string;
  /** Lets a reading under way finish, and ends. */
  readonly close: () => Promise<void>;
}

interface Options {
  readonly host: string;
  readonly port: number;
  readonly print: () => Promise<string>;
  readonly log: FastifyBaseLogger;
}

/**
 * Serves metrics on a listener of their own, without a key, and nothing else: who reaches its address reads them. On this machine's
 * own addresses a browser that was led here under another name reads nothing (DNS rebinding).
 *
 * @returns once it listens
 * @throws an error of Node when the address is taken
 */
export async function listenForMetrics({ host, port, print, log }: Options): Promise<MetricsListener> {
  // However many ask at once, the database is asked once.
  const printOnce = shareRuns(print);
  const isNamed = (request: IncomingMessage) =>
    !isLoopbackHost(host) || isNameOfThisMachine(hostnameOf(request.headers.host ?? ""));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path] = (request.url ?? "").split("?", 1);
    if (path !== "/metrics") return refuse(response, 404);
    if (request.method !== "GET" && request.method !== "HEAD")
      return refuse(response.setHeader("allow", "GET, HEAD"), 405);
    if (!isNamed(request)) return refuse(response, 421);
    try {
      const text = await printOnce();
      response.writeHead(200, { ...headers, "content-type": Registry.PROMETHEUS_CONTENT_TYPE }).end(text);
    } catch (error) {
      log.error({ err: error }, "metrics could not be printed");
      refuse(response, 500);
    }
  }

  const server = createServer((request, response) => void answer(request, response));
  server.maxConnections = most.connections;
  server.requestTimeout = most.requestMs;
  server.headersTimeout = most.requestMs;
  server.keepAliveTimeout = most.idleMs;
  server.listen(port, host);
  await once(server, "listening");
  const { address, family, port: taken } = server.address() as AddressInfo;
  return {
    address: `http://${family === "IPv6" ? `[${address}]` : address}:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

const headers = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, headers).end();
}

/** The name in a Host header, without the port. */
function hostnameOf(host: string): string {
  return URL.parse(`http://${host}`)?.hostname ?? "";
}
