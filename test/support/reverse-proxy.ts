import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestOverTls } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";

/** What a reverse proxy is started with. */
export interface ProxyProgram {
  readonly program: string;
  readonly words: (configuration: string) => readonly string[];
  /** The port that it takes https on. */
  readonly port: number;
  /** The text of its configuration, for a folder that its files can be in. */
  readonly configuration: (folder: string) => Promise<string>;
}

/** How long a proxy may take to listen. */
const patienceMs = 20_000;

/** Starts a reverse proxy, and waits until it listens. */
export async function runReverseProxy({ program, words, port, configuration }: ProxyProgram): Promise<AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), "nerve-proxy-"));
  const file = join(folder, "configuration");
  await writeFile(file, await configuration(folder));
  const environment = { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder };
  const child = spawn(program, words(file), { cwd: folder, env: environment, stdio: ["ignore", "ignore", "pipe"] });
  const said = text(child.stderr);
  const ended = once(child, "exit");
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true });
  };
  const deadline = Date.now() + patienceMs;
  while (!(await isListening(port))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`${program} does not listen:\n${await said}`);
    }
    await setTimeout(50);
  }
  return { [Symbol.asyncDispose]: stop };
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** A request to a port of this machine, under whatever name. */
export interface NamedRequest {
  readonly port: number;
  readonly path: string;
  /** PEM of the authority that has to vouch for the server; without it, plain HTTP. */
  readonly authority?: string;
  readonly name: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** An answer, read whole. */
export interface NamedAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Sends a request as it is written: no path is tidied up. */
export async function askUnderName(given: NamedRequest): Promise<NamedAnswer> {
  const { port, path, authority, name, method = "GET", headers = {}, body } = given;
  const length = body === undefined ? {} : { "content-length": String(body.length) };
  const options = {
    host: "127.0.0.1",
    port,
    path,
    method,
    headers: { host: name, ...length, ...headers },
    agent: false,
  };
  const sent =
    authority === undefined
      ? requestPlain(options)
      : requestOverTls({ ...options, ca: authority, servername: "nerve.example.org" });
  // A server that refuses a body for its size closes while it is being sent.
  sent.on("error", () => undefined);
  const answered = once(sent, "response") as Promise<[IncomingMessage]>;
  sent.end(body);
  const [response] = await answered;
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}
