import { openDatabase } from "@nerve/database";
import { createLogger, createServer, type DocumentedRoute, parseSettings } from "@nerve/server";

/** What a server says of itself. */
export interface ServerDescription {
  readonly routes: readonly DocumentedRoute[];
  /** The OpenAPI document. */
  readonly api: unknown;
}

/** Asks a server, which listens nowhere, for its routes and their description. */
export async function describeServer(): Promise<ServerDescription> {
  const db = await openDatabase("sqlite::memory:");
  const settings = parseSettings({ NERVE_API_DOCS: "off" });
  const server = await createServer({ db, settings, log: createLogger("silent") });
  const described = { routes: server.declaredRoutes(), api: server.swagger() };
  await server.close();
  await db.close();
  return described;
}
