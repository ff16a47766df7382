import { openDatabase } from "@nerve/database";
import { createLogger, createServer, documentRoles, documentSettings, parseSettings } from "@nerve/server";

/** Prints what the server documents about itself, by file name. */
export async function printServerDocuments(): Promise<Record<string, string>> {
  const db = await openDatabase("sqlite::memory:");
  const settings = parseSettings({ NERVE_API_DOCS: "off" });
  const server = await createServer({ db, settings, log: createLogger("silent") });
  const routes = server.declaredRoutes();
  await server.close();
  await db.close();
  return { "SETTINGS.md": documentSettings(), "ROLES.md": documentRoles(routes) };
}
