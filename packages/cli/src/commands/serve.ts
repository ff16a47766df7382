import type { RunningServer, Settings } from "@nerve/server";
import { addCommand, type RegisterCommands } from "../command.ts";
import { readSettings } from "../database.ts";
import { CommandError, exitCodes } from "../failure.ts";
import { printableText } from "../printable.ts";

interface ServeOptions {
  readonly host?: string;
  readonly port?: string;
}

export const registerServe: RegisterCommands = (program, surroundings) => {
  addCommand<ServeOptions>(program, surroundings, {
    usage: "serve",
    description: "make or update the database, and serve it over HTTP until it is told to stop (Ctrl-C)",
    options: (command) =>
      command
        .option("--host <host>", "the address to listen on (NERVE_HOST; default 127.0.0.1)")
        .option("--port <port>", "the port to listen on, 0 for a free one (NERVE_PORT; default 8000)"),
    async run(call) {
      const { host, port } = call.options;
      const settings = readSettings(call, { NERVE_HOST: host, NERVE_PORT: port });
      const askedToEnd = call.context.untilAskedToEnd();
      const server = await listen(settings);
      const afterwards = async () => {
        await askedToEnd;
        await server.stop();
      };
      const { address, metricsAddress, setUpUrl } = server;
      const metrics = metricsAddress === null ? {} : { metricsAddress };
      return { json: { address, ...metrics, setUpUrl }, text: printableText(welcome(server, settings)), afterwards };
    },
  });
};

function welcome({ address, metricsAddress, setUpUrl }: RunningServer, { publicUrl, host }: Settings): string {
  const { port } = new URL(address);
  const behind = `NERVE serves at ${publicUrl}, through what passes it on to port ${port} of ${host}`;
  const metrics = metricsAddress === null ? "" : `\nMetrics are read at ${metricsAddress}/metrics`;
  const serves = (publicUrl === null || publicUrl === address ? `NERVE serves at ${address}` : behind) + metrics;
  if (setUpUrl === null) return serves;
  return `${serves}\n\nIt has no users yet. Create the first administrator, within 24 hours, at\n${setUpUrl}`;
}

async function listen(settings: Settings): Promise<RunningServer> {
  try {
    const { startServer } = await import("@nerve/server");
    return await startServer(settings);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const fault = listenFaults.get(code);
    if (fault === undefined) throw error;
    const { message, help } = fault(isOfMetrics(error, settings) ? metricsPlace(settings) : settings);
    throw new CommandError({ exitCode: exitCodes.failed, code: "CANNOT_LISTEN", message, help }, { cause: error });
  }
}

/** Whether it is the port of the metrics that cannot be listened on. */
function isOfMetrics(error: unknown, { metricsPort }: Settings): boolean {
  return metricsPort !== null && error instanceof Error && "port" in error && error.port === metricsPort;
}

function metricsPlace({ metricsHost: host, metricsPort }: Settings): Place {
  return { host, port: metricsPort ?? 0 };
}

type Place = Pick<Settings, "host" | "port">;
type Fault = (place: Place) => { message: string; help: string };

/** What keeps a server from listening, by the system's code. */
const listenFaults: ReadonlyMap<unknown, Fault> = new Map<unknown, Fault>([
  [
    "EADDRINUSE",
    ({ host, port }) => ({
      message: `Port ${port} of ${host} is in use.`,
      help: "Stop what uses it, or take another: `nerve serve --port 8001`; `--port 0` takes a free one.",
    }),
  ],
  [
    "EACCES",
    ({ port }) => ({
      message: `This user may not listen on port ${port}.`,
      help: "Take a port above 1023, such as `nerve serve --port 8001`.",
    }),
  ],
  ["EADDRNOTAVAIL", ({ host }) => noAddress(host)],
  ["ENOTFOUND", ({ host }) => noAddress(host)],
]);

function noAddress(host: string): { message: string; help: string } {
  return {
    message: `${host} is no address of this machine.`,
    help: "Give one that is: `nerve serve --host 127.0.0.1`.",
  };
}
