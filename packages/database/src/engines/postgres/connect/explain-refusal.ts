import pg from "pg";
import { BusyError, DatabaseConnectionError, type DatabaseError } from "../../../errors/index.ts";
import type { PostgresLocation } from "./location.ts";

/** What is wrong and what to do, of a connection that was not made. Neither may hold the password. */
interface Explanation {
  readonly message: string;
  readonly help: string;
}

type Explain = (location: PostgresLocation) => Explanation;

function serverOf({ host, port }: PostgresLocation): string {
  return host.startsWith("/")
    ? `the socket ${host}/.s.PGSQL.${port}`
    : `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

const nothingAnswers =
  "Check that PostgreSQL runs there and listens on that address and port, and that no firewall is between.";
const unreachable: Explain = (location) => ({
  message: `No way leads to ${serverOf(location)}.`,
  help: nothingAnswers,
});
const unknownHost: Explain = ({ host }) => ({
  message: `The name ${host} of the database server is unknown.`,
  help: "Check the host in the database URL, and that this machine can look names up.",
});
const refusedRole: Explain = (location) => ({
  message: `The server at ${serverOf(location)} does not let the role ${location.user} into the database ${location.database}.`,
  help: "Check that the role exists and may log in, and that pg_hba.conf has a line for it, this address and this kind of encryption.",
});

/** By what the system said. */
const bySystemCode: Readonly<Record<string, Explain>> = {
  ECONNREFUSED: (location) => ({ message: `Nothing listens at ${serverOf(location)}.`, help: nothingAnswers }),
  ENOENT: (location) => ({ message: `There is no ${serverOf(location).replace("the ", "")}.`, help: nothingAnswers }),
  EACCES: (location) => ({
    message: `This account may not use ${serverOf(location)}.`,
    help: "Give it the right to the socket's folder, or run NERVE as an account that has it.",
  }),
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  ETIMEDOUT: unreachable,
  ECONNRESET: (location) => ({
    message: `What listens at ${serverOf(location)} ended the connection.`,
    help: "Check that it is PostgreSQL, and see its log.",
  }),
};

/** By what the server said: SQLSTATEs. */
const bySqlState: Readonly<Record<string, Explain>> = {
  "28P01": (location) => ({
    message: `The server at ${serverOf(location)} refuses the password of the role ${location.user}.`,
    help: "Check the user and the password in the database URL; special characters are written as %40 and the like.",
  }),
  "28000": refusedRole,
  "3D000": (location) => ({
    message: `The server at ${serverOf(location)} has no database ${location.database}.`,
    help: `Check the name in the database URL, or make it: CREATE DATABASE ${location.database} OWNER ${location.user}.`,
  }),
  "42501": (location) => ({
    message: `The role ${location.user} may not connect to the database ${location.database} at ${serverOf(location)}.`,
    help: `Grant it: GRANT CONNECT ON DATABASE ${location.database} TO ${location.user}.`,
  }),
  "57P03": (location) => ({
    message: `The server at ${serverOf(location)} takes no connections yet, or no more: it starts, or shuts down.`,
    help: "Try again in a moment; if it stays so, see its log.",
  }),
  // What PgBouncer answers to settings at the start of a session that it cannot pass on.
  "08P01": (location) => ({
    message: `What listens at ${serverOf(location)} does not take the settings that NERVE opens a session with, as poolers do.`,
    help: "Behind a pooler set NERVE_DATABASE_POOLER=transaction (`pooler` of openDatabase), or give the port of PostgreSQL itself.",
  }),
  "53300": (location) => ({
    message: `The server at ${serverOf(location)} has no connection left for the role ${location.user} and the database ${location.database}.`,
    help: "Raise max_connections or the role's CONNECTION LIMIT, or lower NERVE_DATABASE_MAX_CONNECTIONS here or what else connects.",
  }),
};

/**
 * Tells why no connection was made, by the code of what refused it: the cause by its own name, the place, and the next step.
 * @returns undefined where the code is none that is known
 */
export function explainRefusal(error: unknown, location: PostgresLocation): DatabaseError | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  const isOfServer = error instanceof pg.DatabaseError;
  const { code } = error;
  const explanation = (isOfServer ? bySqlState : bySystemCode)[code]?.(location);
  if (explanation === undefined) return undefined;
  // The server's own sentence holds names only; a system's repeats the address.
  const cause = isOfServer ? `${code}: ${error.message}` : code;
  const options = { message: `${explanation.message} (${cause})`, help: explanation.help, cause: error };
  return code === "53300" ? new BusyError(options) : new DatabaseConnectionError("CONNECTION_FAILED", options);
}
