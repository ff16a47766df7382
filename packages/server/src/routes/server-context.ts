import type { Database } from "@nerve/database";
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from "fastify";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { SessionCookies } from "../authentication/session-cookies.ts";
import type { Mailer } from "../mail/index.ts";
import type { Settings } from "../settings/index.ts";
import type { SetUpLink } from "./set-up/set-up-link.ts";

/** What routes work with. */
export interface ServerContext {
  readonly db: Database;
  readonly settings: Settings;
  readonly cookies: SessionCookies;
  readonly mailer: Mailer;
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
