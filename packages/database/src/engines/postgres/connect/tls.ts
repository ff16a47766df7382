import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { type ConnectionOptions, getCACertificates } from "node:tls";
import { DatabaseConnectionError, ValidationError } from "../../../errors/index.ts";
import type { PostgresLocation } from "./location.ts";

/** How a connection is encrypted; false: not at all. */
export type Encryption = false | ConnectionOptions;

async function readFileOf(parameter: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    throw new ValidationError([{ field: "url", message: `names a file in ${parameter} that cannot be read${code}` }]);
  }
}

async function readAuthorities(path: string | undefined): Promise<string[] | undefined> {
  if (path === undefined) return undefined;
  return path === "system" ? getCACertificates("system") : [await readFileOf("sslrootcert", path)];
}

async function tlsOptions(location: PostgresLocation): Promise<ConnectionOptions> {
  const { tlsMode, rootCertificate, clientCertificate } = location;
  const ca = await readAuthorities(rootCertificate);
  const cert = clientCertificate && (await readFileOf("sslcert", clientCertificate.certificate));
  const key = clientCertificate && (await readFileOf("sslkey", clientCertificate.key));
  return {
    // Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED does not change it.
    rejectUnauthorized: tlsMode === "verify-ca" || tlsMode === "verify-full",
    ...(tlsMode === "verify-ca" ? { checkServerIdentity: () => undefined } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  };
}

/**
 * Lists the ways to connect, the first to be tried first. Only `allow` and `prefer` have two.
 * @throws {ValidationError} INVALID_INPUT for `url` when a file cannot be read
 */
export async function encryptionsFor(location: PostgresLocation): Promise<readonly [Encryption, ...Encryption[]]> {
  switch (location.tlsMode) {
    case "disable":
      return [false];
    case "allow":
      return [false, await tlsOptions(location)];
    case "prefer":
      return [await tlsOptions(location), false];
    default:
      return [await tlsOptions(location)];
  }
}

/** The message that asks a server whether it offers TLS. See https://www.postgresql.org/docs/15/protocol-flow.html */
const tlsRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Asks the server whether it offers TLS; undefined when it does not answer. */
export function offersTls({ host, port }: PostgresLocation, timeoutMs: number): Promise<boolean | undefined> {
  if (host.startsWith("/")) return Promise.resolve(false);
  const { promise, resolve } = Promise.withResolvers<boolean | undefined>();
  const socket = connect({ host, port, timeout: timeoutMs }, () => socket.write(tlsRequest));
  const answer = (offered: boolean | undefined) => {
    resolve(offered);
    socket.destroy();
  };
  socket.once("data", (bytes) => answer(bytes[0] === "S".charCodeAt(0)));
  socket.once("error", () => answer(undefined));
  socket.once("timeout", () => answer(undefined));
  socket.once("close", () => answer(undefined));
  return promise;
}

/** Codes with which OpenSSL refuses a certificate, but for the name on it. */
const untrusted: ReadonlySet<unknown> = new Set([
  "CERT_CHAIN_TOO_LONG",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REJECTED",
  "CERT_REVOKED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** Tells what is wrong with the server's certificate; undefined when that was not the reason. */
export function explainCertificate(error: unknown): DatabaseConnectionError | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const message =
    code === "ERR_TLS_CERT_ALTNAME_INVALID"
      ? "The database server's certificate is for another host name than the URL's."
      : untrusted.has(code)
        ? "The database server's certificate is not trusted: expired, or of an authority that sslrootcert does not name."
        : undefined;
  return message === undefined
    ? undefined
    : new DatabaseConnectionError("CONNECTION_FAILED", { message, cause: error });
}
