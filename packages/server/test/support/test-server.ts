import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import type { Database } from "@nerve/database";
import { createLogger, createServer, parseSettings, type ServerOptions, type Settings } from "../../src/index.ts";
import type { Server } from "../../src/routes/server-context.ts";
import { ApiContract, type ApiDocument } from "./openapi-contract.ts";

/** A request of a test. */
export interface TestRequest {
  /** Session token or API key. */
  readonly token?: string | undefined;
  /** Text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer, its JSON read. */
export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- each test says what it expects; OpenAPI holds every body
  readonly body: any;
  readonly text: string;
}

/** A server that listens on loopback. */
export interface TestServer {
  readonly url: string;
  readonly server: Server;
  readonly contract: ApiContract;
  /** Every line that it has logged. */
  readonly logLines: string[];
  /** Calls `GET /api/users`; the answer is held to the OpenAPI document. */
  readonly call: (route: string, request?: TestRequest) => Promise<TestAnswer>;
  /** How many bytes are in flight. */
  readonly inFlight: () => number;
  readonly close: () => Promise<void>;
}

/** Settings of a test: limits that no test reaches by accident. */
export function testSettings(environment: Record<string, string> = {}): Settings {
  return parseSettings({
    NERVE_REQUESTS_PER_MINUTE: "100000",
    NERVE_GUESSES_PER_MINUTE: "100000",
    NERVE_GUESSES_PER_ACCOUNT: "100000",
    NERVE_LOG_LEVEL: "debug",
    NERVE_IMPORT_FOLDER: join(tmpdir(), "nerve-test-imports"),
    ...environment,
  });
}

/** Starts a server over a database on a free port of loopback. */
export async function serveTest(
  db: Database,
  environment: Record<string, string> = {},
  options: Pick<ServerOptions, "setUpLink"> = {},
): Promise<TestServer> {
  const settings = testSettings(environment);
  const logLines: string[] = [];
  const log = createLogger(settings.logLevel, collectLines(logLines));
  const server = await createServer({ db, settings, log, ...options });
  const url = await server.listen({ host: "127.0.0.1", port: 0 });
  const contract = new ApiContract(server.swagger() as unknown as ApiDocument);
  return {
    url,
    server,
    contract,
    logLines,
    call: (route, request) => call({ url, contract }, route, request),
    inFlight: () => server.bytesInFlight(),
    close: () => server.close(),
  };
}

async function call(
  { url, contract }: Pick<TestServer, "url" | "contract">,
  route: string,
  { token, body, headers = {} }: TestRequest = {},
): Promise<TestAnswer> {
  const [method = "GET", path = "/"] = route.split(" ");
  const response = await fetch(`${url}${path}`, {
    method,
    redirect: "manual",
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const contentType = response.headers.get("content-type");
  const read: unknown = /[/+]json\b/.test(contentType ?? "") && text !== "" ? JSON.parse(text) : undefined;
  const described = contentType?.startsWith("text/") === true ? text : read;
  contract.expectDescribed({ method, path, status: response.status, contentType, body: described });
  return { status: response.status, headers: response.headers, body: read, text };
}

function collectLines(lines: string[]): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
}
