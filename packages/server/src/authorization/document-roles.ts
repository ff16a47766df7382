import { type Permission, roleMatrix, userRoles } from "@nerve/database";
import type { Access } from "./authorize.ts";

/** A route as the docs list it. */
export interface DocumentedRoute {
  readonly method: string;
  readonly url: string;
  readonly access: Access;
  readonly fresh: boolean;
  /** Whether programs on the server's machine may call it without a credential. */
  readonly openToThisMachine: boolean;
}

const reachWords = { all: "all", company: "company", own: "own", "all-without-company": "all ¹" } as const;

/** Writes docs/ROLES.md: the role matrix, and what each route asks for. */
export function documentRoles(routes: readonly DocumentedRoute[]): string {
  const permissions = Object.entries(roleMatrix) as [string, Permission][];
  return [
    "# Roles",
    "",
    "<!-- Made from packages/database/src/access/role-matrix.ts by `npm run docs`. -->",
    "",
    "What is not listed here is refused. `all`: every company's records; `company`: those of one's own company (an admin without a",
    "company reaches all, anybody else without one only their own); `own`: one's own. A record out of reach is answered with 404,",
    "as if it did not exist.",
    "",
    `| Permission | Allows | ${userRoles.join(" | ")} | API key |`,
    `| --- | --- |${userRoles.map(() => " --- |").join("")} --- |`,
    ...permissions.map(([name, { allows, roles, byKey }]) => {
      const cells = userRoles.map((role) => {
        const reach = roles[role];
        return reach === undefined ? "–" : reachWords[reach];
      });
      return `| \`${name}\` | ${allows} | ${cells.join(" | ")} | ${byKey ? "yes" : "–"} |`;
    }),
    "",
    "¹ Only an admin who belongs to no company.",
    "",
    "An API key does what its owner's role allows, as far as the key carries the permission. An account whose password has to be",
    "changed first can only see itself, change the password and sign out. One that had to set up a second factor and has not can only",
    "see itself, enter the password again, set up the factor and sign out. Nobody manages accounts of a role above their own.",
    "",
    "## Routes",
    "",
    "Fresh: takes a sign-in of the last ten minutes (`POST /api/auth/reauthenticate`).",
    "",
    "| Route | Permission | Fresh |",
    "| --- | --- | --- |",
    ...routes.map(({ method, url, access, fresh, openToThisMachine }) => {
      const permission =
        access === "anybody" ? "anybody" : `\`${access}\`${openToThisMachine ? ", or on the server's machine" : ""}`;
      return `| \`${method} ${url}\` | ${permission} | ${fresh ? "yes" : "–"} |`;
    }),
    "",
  ].join("\n");
}
