import type { AnyOperation, Clock, Database, Scope } from "@nerve/database";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { MisplacedKey, Principal } from "../authentication/principal.ts";
import type { SessionCookies } from "../authentication/session-cookies.ts";
import type { Bodies } from "../bodies/read-bodies.ts";
import type { Access } from "../authorization/authorize.ts";
import type { DocumentedRoute } from "../authorization/document-roles.ts";
import type { Guess } from "../limits/create-limits.ts";
import type { Background } from "../lifecycle/background.ts";
import type { ServicePause } from "../lifecycle/service-pause.ts";
import type { Mailer } from "../mail/index.ts";
import type { Metrics } from "../metrics/index.ts";
import type { Settings } from "../settings/index.ts";
import type { SetUpLink } from "./set-up/set-up-link.ts";

/** What routes work with. */
export interface ServerContext {
  readonly db: Database;
  readonly settings: Settings;
  readonly bodies: Bodies;
  readonly cookies: SessionCookies;
  readonly mailer: Mailer;
  /** What goes on after an answer. */
  readonly background: Background;
  readonly metrics: Metrics;
  /** Lasts while the database is being replaced. */
  readonly pause: ServicePause;
  /** The link for the first administrator; null when there are users already. */
  readonly setUpLink: SetUpLink | null;
  /** The address that people reach NERVE under. */
  readonly publicUrl: () => string;
}

/** The server as routes see it: schemas are zod's. */
export type Server = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** Registers the routes of one module. */
export type RegisterRoutes = (server: Server, context: ServerContext) => void | Promise<void>;

declare module "fastify" {
  interface FastifyContextConfig {
    /** Who may call the route. A route without it keeps the server from starting. */
    access?: Access;
    /** Whether it takes a sign-in of the last few minutes. */
    fresh?: boolean;
    /** Whether a program on the server's machine may call it without a credential. */
    openToThisMachine?: boolean;
    /** Whether it is a file, the same for everybody: it does not count as a request, for a page is made of several. */
    isFile?: boolean;
    /** What can be guessed with it, and is therefore limited more tightly. */
    guesses?: Guess;
    /** The operation that it serves; none on routes written by hand. */
    operation?: AnyOperation;
  }
  interface FastifyInstance {
    /** Every route with who may call it. */
    declaredRoutes: () => DocumentedRoute[];
    /** What sends mails. */
    mailer: Mailer;
    /** What goes on after answers. */
    background: Background;
    /** Where the time comes from. */
    clock: Clock;
    /** Prints the metrics, for the listener that is theirs. */
    printMetrics: () => Promise<string>;
    /** How many bytes of bodies and answers are held in memory. */
    bytesInFlight: () => number;
    /** Resolves when the refusals that are to be recorded by now are. */
    refusalsRecorded: () => Promise<void>;
  }
  interface FastifyRequest {
    /** Who makes the request; null on routes that anybody may call. */
    principal: Principal | null;
    misplacedKey: MisplacedKey | null;
    /** Whose records it reaches; null on routes that anybody may call. */
    scope: Scope | null;
  }
}
