import { openDatabase } from "@nerve/database";
import { createLogger, createServer, documentRoles, parseSettings } from "@nerve/server";

/** Prints docs/ROLES.md: the routes are those that a server has. */
export async function printRolesDocument(): Promise<string> {
  const db = await openDatabase("sqlite::memory:");
  const settings = parseSettings({ NERVE_API_DOCS: "off" });
  const server = await createServer({ db, settings, log: createLogger("silent") });
  const routes = server.declaredRoutes();
  await server.close();
  await db.close();
  return documentRoles(routes);
}
