import { randomUUID } from "node:crypto";
import type { AddressInfo, Socket } from "node:net";
import cookie from "@fastify/cookie";
import { type Database, withNotices } from "@nerve/database";
import fastify, { type FastifyBaseLogger, type FastifyReply, LogController } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { Logger } from "pino";
import { createBytesInFlight } from "../bodies/bytes-in-flight.ts";
import { createDrain, type Drain } from "../bodies/drain.ts";
import { bodyLimit, holdBackContinue, readBodies } from "../bodies/read-bodies.ts";
import { sendAnswers } from "../bodies/send-answers.ts";
import { areCookiesSecure, createSessionCookies } from "../authentication/session-cookies.ts";
import { explainSchemaChange, handleErrors, problemOf, sendProblem, toProblem } from "../errors/index.ts";
import { createLogger } from "../logging/create-logger.ts";
import { logRequests } from "../logging/log-requests.ts";
import { RequestLogger } from "../logging/request-logger.ts";
import { createMailer, createMailTransport, type Transport } from "../mail/index.ts";
import { createMetrics } from "../metrics/index.ts";
import { describeApi, serveApiDescription, showsDocs } from "../openapi/describe-api.ts";
import { forwardedAddress } from "../proxies/client-address.ts";
import { trustedPeers } from "../proxies/trusted-peers.ts";
import { type RefusalReporter, reportRefusals } from "../refusals/report-refusals.ts";
import { routeModules } from "../routes/index.ts";
import type { Server, ServerContext } from "../routes/server-context.ts";
import { createSetUpLink, type SetUpLink } from "../routes/set-up/set-up-link.ts";
import { setSecurityHeaders } from "../security-headers.ts";
import type { Settings } from "../settings/index.ts";
import { readVersion } from "../version.ts";
import { createBackground } from "./background.ts";
import { declareRoutes } from "./declare-routes.ts";
import { endConnectionsOnClose } from "./end-connections.ts";
import { guardRequests } from "./guard-requests.ts";
import { createServicePause } from "./service-pause.ts";

/** What a server is made of. */
export interface ServerOptions {
  /** The database; whoever opened it closes it. */
  readonly db: Database;
  readonly settings: Settings;
  /** Default: JSON lines on standard error. */
  readonly log?: Logger;
  /** The link for the first administrator. Default: one is made when the database has no users. */
  readonly setUpLink?: SetUpLink | null;
}

const mib = 1024 * 1024;
/** A report takes its time to arrive; other bodies have less (`bodies/read-bodies.ts`), and heads what Node gives them. */
const requestTimeoutMs = 3_600_000;

/**
 * Makes the server with all its routes. It does not listen yet, reads no environment, and owns nothing but its connections.
 *
 * @param options the database, the settings, and optionally a logger and the set-up link
 * @returns a Fastify instance; `listen` or `inject` it, and `close` it when done
 * @throws {Error} when a route does not say who may call it
 */
export async function createServer(options: ServerOptions): Promise<Server> {
  const { settings } = options;
  const transport = mailTransportOf(settings);
  const db = transport === null ? options.db : withNotices(options.db);
  const log = options.log ?? createLogger(settings.logLevel);
  const refusals = reportRefusals(db, log);
  const drain = createDrain();
  const server = openFastify(settings, { log, refusals, drain });
  const inFlight = createBytesInFlight({
    perOwner: settings.inFlightMibPerUser * mib,
    together: settings.inFlightMib * mib,
  });
  const bodies = { inFlight, goOn: holdBackContinue(server) };
  const publicUrl = () => settings.publicUrl ?? addressOf(server);
  const context: ServerContext = {
    db,
    settings,
    bodies,
    cookies: createSessionCookies({ secure: areCookiesSecure(settings) }),
    background: createBackground(log),
    mailer: createMailer({ db, transport, publicUrl, log }),
    metrics: createMetrics(server, { db, settings, counters: [refusals.counter] }),
    pause: createServicePause(),
    setUpLink: options.setUpLink === undefined ? await createSetUpLink(db) : options.setUpLink,
    publicUrl,
  };
  handleErrors(server, { refusals, explain: (error) => explainSchemaChange(db, error) });
  server.decorate("clock", db.clock);
  server.decorate("mailer", context.mailer);
  server.decorate("background", context.background);
  server.decorate("declaredRoutes", declareRoutes(server));
  logRequests(server);
  endConnectionsOnClose(server);
  server.decorate("bytesInFlight", inFlight.total);
  server.decorate("printMetrics", () => context.metrics.print());
  server.decorate("refusalsRecorded", refusals.settle);
  readBodies(server, bodies);
  sendAnswers(server, { inFlight, drain, stalledSeconds: settings.stalledSeconds });
  await server.register(cookie);
  setSecurityHeaders(server, { https: settings.publicUrl?.startsWith("https:") ?? false });
  await describeApi(server, { version: readVersion() });
  guardRequests(server, context);
  await server.register(async (scope) => {
    for (const register of routeModules) await register(scope.withTypeProvider<ZodTypeProvider>(), context);
  });
  if (showsDocs(settings)) await serveApiDescription(server);
  server.addHook("onClose", async () => {
    await context.background.settle();
    await context.mailer.settle();
  });
  server.addHook("onClose", () => refusals.close());
  await server.ready();
  return server;
}

/** What takes part in refusing what never reaches a route. */
interface Refusing {
  readonly log: FastifyBaseLogger;
  readonly refusals: RefusalReporter;
  readonly drain: Drain;
}

function openFastify(settings: Settings, { log, refusals, drain }: Refusing): Server {
  const isTrusted = trustedPeers(settings.trustedProxies);
  const server = fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "requestId" }),
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    childLoggerFactory: (logger, bindings) => new RequestLogger(logger, bindings),
    trustProxy: settings.trustedProxies === null ? false : isTrusted,
    bodyLimit,
    requestTimeout: requestTimeoutMs,
    forceCloseConnections: "idle",
    routerOptions: { maxParamLength: 128, ignoreTrailingSlash: true },
    clientErrorHandler: (error, socket) => refuseConnection(error, socket, { refusals, drain }),
    frameworkErrors(error, request, reply) {
      const problem = toProblem(error, request.id);
      // Fastify makes it without looking at proxies.
      Object.defineProperty(request, "ip", { value: forwardedAddress(request.raw, isTrusted) });
      refusals.report(request, problem.code);
      drain.body(request, reply as FastifyReply);
      void sendProblem(reply as FastifyReply, problem);
    },
  });
  return server.withTypeProvider<ZodTypeProvider>();
}

/** Answers what is no HTTP, too large in its headers, or too slow. Nothing has been read that could be routed. */
function refuseConnection(
  error: Error & { code?: string },
  socket: Socket,
  { refusals, drain }: Pick<Refusing, "refusals" | "drain">,
): void {
  if (drain.takesFaultOf(socket)) return;
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const known = toProblem(error, randomUUID());
  const problem = known.code === "INTERNAL" ? problemOf("INVALID_INPUT", known.requestId) : known;
  refusals.reportConnection(socket.remoteAddress, problem.code, problem.requestId);
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    "content-type: application/problem+json; charset=utf-8",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
  drain.connection(socket);
}

function mailTransportOf({ mailServer, allowPlainMail: allowPlain, mailFrom: from }: Settings): Transport | null {
  return mailServer === null ? null : createMailTransport({ mailServer, allowPlain, from });
}

function addressOf(server: Server): string {
  const { address, family, port } = server.server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
}
