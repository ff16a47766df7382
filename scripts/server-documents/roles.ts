import { documentRoles } from "@nerve/server";
import { describeServer } from "./describe-server.ts";

/** Prints docs/ROLES.md: the routes are those that a server has. */
export async function printRolesDocument(): Promise<string> {
  return documentRoles((await describeServer()).routes);
}
