import { ValidationError } from "../../../errors/index.ts";

/** How far a connection is protected: libpq's words, weakest first. */
const tlsModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"] as const;

export type TlsMode = (typeof tlsModes)[number];

/** Where a PostgreSQL database is, and how its connections are protected. */
export interface PostgresLocation {
  /** Host name, IP address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Undefined where the URL holds none: the server then needs none, or `PGPASSWORD` or `~/.pgpass` has it. */
  readonly password: string | undefined;
  readonly database: string;
  readonly applicationName: string;
  readonly tlsMode: TlsMode;
  /** File of the authorities that the server's certificate is checked against; `system` for those of the machine. */
  readonly rootCertificate: string | undefined;
  /** The schema that NERVE's tables are in; undefined for the first of the role's search path. */
  readonly schema: string | undefined;
  /** Files of the certificate that NERVE shows to the server, and of its key. */
  readonly clientCertificate: { readonly certificate: string; readonly key: string } | undefined;
}

const knownParameters = [
  "host",
  "port",
  "sslmode",
  "sslrootcert",
  "sslcert",
  "sslkey",
  "application_name",
  "schema",
] as const;
type Parameters = Partial<Record<(typeof knownParameters)[number], string>>;

/** What is wrong with a URL, in words that repeat nothing of it: any part may be a piece of a password. */
class Refusal extends Error {}

/** PostgreSQL's protocol ends each text with a NUL: one inside would begin a parameter of its own. */
function decodePart(part: string): string {
  let text: string;
  try {
    text = decodeURIComponent(part);
  } catch {
    throw new Refusal("holds a percent sign that begins no code of a character; write it as %25");
  }
  if (/\p{Cc}/u.test(text)) throw new Refusal("holds a control character");
  return text;
}

function readParameters(search: URLSearchParams): Parameters {
  const parameters: Parameters = {};
  for (const [key, value] of search) {
    const name = knownParameters.find((known) => known === key);
    if (name === undefined) throw new Refusal(`has a parameter that is none of ${knownParameters.join(", ")}`);
    if (parameters[name] !== undefined) throw new Refusal(`has the parameter ${name} twice`);
    if (value === "" || /\p{Cc}/u.test(value)) throw new Refusal(`has a parameter ${name} without a usable value`);
    parameters[name] = value;
  }
  return parameters;
}

function readHost(authority: string, { host }: Parameters): string {
  if (authority !== "" && host !== undefined) throw new Refusal("names the host twice");
  const found = host ?? authority.replace(/^\[(.+)\]$/, "$1");
  if (found === "") throw new Refusal("names no host; a Unix socket is ?host=/run/postgresql");
  if (found.includes(",")) throw new Refusal("names several hosts; name one");
  if (!found.startsWith("/") && !/^[A-Za-z0-9._:%-]{1,253}$/.test(found)) throw new Refusal("has a host that is none");
  return found;
}

function readPort(authority: string, { port }: Parameters): number {
  if (authority !== "" && port !== undefined) throw new Refusal("names the port twice");
  const text = port ?? authority;
  if (text === "") return 5432;
  const value = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > 65_535) throw new Refusal("has a port that is no number from 1 to 65535");
  return value;
}

/** Whether only this machine can answer. */
function isLocal(host: string): boolean {
  return host.startsWith("/") || host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

function readTlsMode(host: string, { sslmode, sslrootcert }: Parameters): TlsMode {
  // As libpq does: nobody listens in on a Unix socket.
  if (host.startsWith("/")) return "disable";
  // Another machine has to prove who it is; this one is taken at its word, and encrypts when it insists.
  if (sslmode === undefined) return isLocal(host) && sslrootcert === undefined ? "allow" : "verify-full";
  const mode = tlsModes.find((known) => known === sslmode);
  if (mode === undefined) throw new Refusal(`has an sslmode that is none of ${tlsModes.join(", ")}`);
  if (mode === "verify-ca" && sslrootcert === undefined) {
    throw new Refusal("says sslmode=verify-ca, which needs sslrootcert; or say verify-full");
  }
  // As libpq does: an authority that was named is also asked.
  return mode === "require" && sslrootcert !== undefined ? "verify-ca" : mode;
}

/** PostgreSQL keeps the first 63 bytes of a name. */
function readSchema({ schema }: Parameters): string | undefined {
  if (schema === undefined || /^(?!pg_)[A-Za-z_][A-Za-z0-9_$-]{0,62}$/.test(schema)) return schema;
  throw new Refusal("has a schema that is no name of letters, digits, _, - and $");
}

function readClientCertificate({ sslcert, sslkey }: Parameters): PostgresLocation["clientCertificate"] {
  if (sslcert === undefined && sslkey === undefined) return undefined;
  if (sslcert === undefined || sslkey === undefined) throw new Refusal("names only one of sslcert and sslkey");
  return { certificate: sslcert, key: sslkey };
}

/**
 * Reads a PostgreSQL URL: `postgres://user:password@host:port/database?sslmode=verify-full&sslrootcert=/file`.
 *
 * The parameters mean what they mean to libpq, but for `schema`, which names the one that the tables are in. Without `sslmode`, another machine is held to `verify-full`; this one
 * (`localhost`, `127.0.0.1`, `::1`) to `allow`, and a Unix socket (`?host=/run/postgresql`) needs no protection.
 *
 * @param url as a user wrote it
 * @param field how errors name it; default `url`
 * @throws {ValidationError} INVALID_INPUT for the field; the message repeats nothing of the URL
 * @see https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING
 * @see https://www.postgresql.org/docs/15/libpq-ssl.html
 */
export function parsePostgresUrl(url: string, field = "url"): PostgresLocation {
  try {
    return readUrl(url);
  } catch (error) {
    if (error instanceof Refusal) throw new ValidationError([{ field, message: error.message }]);
    throw error;
  }
}

function readUrl(url: string): PostgresLocation {
  // libpq takes a URL without a host, `user@/database?host=…`; the standard of URLs does not.
  const hostless = /^(postgres(?:ql)?:\/\/[^/?#]*@)(?=\/)/.exec(url)?.[1];
  const parsed = URL.parse(hostless === undefined ? url : `${hostless}none${url.slice(hostless.length)}`);
  if (parsed === null || !/^postgres(?:ql)?:$/.test(parsed.protocol)) {
    throw new Refusal(
      "is no URL postgres://user:password@host:port/database; write special characters as %40 and the like",
    );
  }
  // What stands behind a bare # or / in a password would be read as something else, silently.
  if (parsed.hash !== "") throw new Refusal("has a #; write it as %23");
  const parameters = readParameters(parsed.searchParams);
  const host = readHost(hostless === undefined ? decodePart(parsed.hostname) : "", parameters);
  const user = decodePart(parsed.username);
  const database = decodePart(parsed.pathname.slice(1));
  if (user === "") throw new Refusal("names no user");
  if (database === "" || parsed.pathname.slice(1).includes("/")) throw new Refusal("names no database after the host");
  return {
    host,
    port: readPort(parsed.port, parameters),
    user,
    password: parsed.password === "" ? undefined : decodePart(parsed.password),
    database,
    applicationName: parameters.application_name ?? "nerve",
    tlsMode: readTlsMode(host, parameters),
    rootCertificate: parameters.sslrootcert,
    schema: readSchema(parameters),
    clientCertificate: readClientCertificate(parameters),
  };
}
