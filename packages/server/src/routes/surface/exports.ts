import { Readable } from "node:stream";
import { type ExportFormat, exportFindings, exportFormats, type FindingExport, listFindings } from "@nerve/database";
import { z } from "zod";
import { callerOf } from "../../authentication/caller-of.ts";
import { ownerOf } from "../../bodies/owner-of.ts";
import { asText } from "../../openapi/forms.ts";
import type { RegisterRoutes } from "../server-context.ts";

const types: Readonly<Record<ExportFormat, string>> = {
  sarif: "application/sarif+json; charset=utf-8",
  csv: "text/csv; charset=utf-8",
  jsonl: "application/jsonl; charset=utf-8",
};

/** What lists of findings are narrowed by. */
const {
  sort: _sort,
  limit: _limit,
  cursor: _cursor,
  ...filterFields
} = listFindings.description.fields as Readonly<Record<string, z.ZodType>>;

const query = z.strictObject({
  format: z.enum(exportFormats),
  bom: asText(z.boolean().default(false)).meta({ description: "A byte order mark before CSV." }),
  ...Object.fromEntries(Object.entries(filterFields).map(([name, field]) => [name, asText(field)])),
});

type Wanted = Omit<FindingExport, "filter"> & FindingExport["filter"];

/** What an export holds in memory: a page of findings, and what the connection has not taken yet. */
const heldBytes = 2 * 1024 * 1024;

export const registerExportRoutes: RegisterRoutes = (server, { db, bodies }) => {
  const running = new Set<() => Promise<void>>();
  // By then no client is there any more; the audit log is still to be told, and the database closed only after.
  server.addHook("onClose", async () => {
    await Promise.all(Array.from(running, (end) => end()));
  });

  server.get(
    "/api/findings/export",
    {
      schema: {
        tags: ["findings"],
        summary: "Export findings as SARIF 2.1.0, CSV, or JSON lines that an import takes back",
        querystring: query,
        response: {
          200: {
            description: "The findings, in the order of their ids",
            content: Object.fromEntries(
              Object.values(types).map((type) => [type.split(";")[0] as string, { schema: z.string() }]),
            ),
          },
        },
      },
      config: { access: "finding:read" },
      // Nothing of it could be told without making it.
      exposeHeadRoute: false,
    },
    async (request, reply) => {
      const { format, companyId, bom, ...filter } = request.query as unknown as Wanted;
      const holding = bodies.inFlight.hold(ownerOf(request));
      holding.grow(heldBytes);
      const going = new AbortController();
      const wanted = { format, companyId, bom, filter, signal: going.signal };
      const pieces = exportFindings(db, wanted, callerOf(request));
      const end = async () => {
        going.abort();
        try {
          await pieces.return();
        } catch (error) {
          request.log.error({ err: error }, "the end of an export was not written down");
        }
        running.delete(end);
      };
      running.add(end);
      // A client that has all of it, or goes away: even before the first piece.
      reply.raw.once("close", () => {
        holding.release();
        void end();
      });
      // What is refused is refused before the answer begins.
      const first = await pieces.next();
      return reply
        .type(types[format])
        .header("content-disposition", `attachment; filename="findings.${format}"`)
        .header("cache-control", "no-store")
        .send(Readable.from(rest(first, pieces), { objectMode: false }) as never);
    },
  );
};

/** The first piece and those that follow it, as fast as the client reads them. */
async function* rest(
  first: IteratorResult<string, void>,
  pieces: AsyncGenerator<string, void, undefined>,
): AsyncGenerator<string> {
  if (first.done !== true) yield first.value;
  yield* pieces;
}
