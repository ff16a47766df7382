import type { IncomingMessage } from "node:http";
import { ReportError, type SpooledReport, spoolReport } from "@nerve/database";
import type { FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { ownerOf } from "../../bodies/owner-of.ts";
import { piecesOf } from "../../bodies/pieces-of.ts";
import { HttpError } from "../../errors/index.ts";
import type { Server, ServerContext } from "../server-context.ts";

const mib = 1024 * 1024;
/** What one file holds in memory while it arrives: what the connection has read ahead. */
const heldBytes = 256 * 1024;

/** Adds routes whose body is a file, of whatever type the client says that it is, and where that is none at all. */
export async function addUploads(server: Server, add: (scope: Server) => void): Promise<void> {
  await server.register(async (scope) => {
    scope.addHook("onRequest", async ({ headers }) => {
      headers["content-type"] = "application/octet-stream";
    });
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    add(scope.withTypeProvider<ZodTypeProvider>());
  });
}

/** How a file is taken in. */
interface Arriving {
  readonly mostMib: number;
  readonly isPacked: boolean;
  readonly name?: string | undefined;
}

/** Takes the body into a file, unless its length says that it is too large. */
export async function spoolBody(
  request: FastifyRequest,
  { settings: { importFolder: folder }, bodies }: ServerContext,
  { mostMib, isPacked, name }: Arriving,
): Promise<SpooledReport> {
  const holding = bodies.inFlight.hold(ownerOf(request));
  const maxBytes = mostMib * mib;
  try {
    if (Number(request.headers["content-length"]) > maxBytes)
      throw new ReportError("REPORT_TOO_LARGE", { message: `The report is larger than ${mostMib} MiB.` });
    holding.grow(heldBytes);
    bodies.goOn(request.raw);
    const pieces = isPacked ? packedOnly(piecesOf(request.raw)) : piecesOf(request.raw);
    return await spoolReport(pieces, { folder, maxBytes, name });
  } finally {
    holding.release();
  }
}

/** Whether the body says of itself that it is packed with gzip; readers see by themselves what a report is. */
export function requireEncoding({ headers }: { readonly headers: IncomingMessage["headers"] }): boolean {
  const encoding = headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  if (encoding !== "identity" && encoding !== "gzip" && encoding !== "x-gzip")
    throw new HttpError("UNSUPPORTED_ENCODING");
  return encoding !== "identity";
}

/** What is said to be packed with gzip begins as such. */
async function* packedOnly(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let isFirst = true;
  for await (const piece of pieces) {
    if (isFirst && piece[0] !== 0x1f) throw new HttpError("UNSUPPORTED_ENCODING");
    isFirst = false;
    yield piece;
  }
}
