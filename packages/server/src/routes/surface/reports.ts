import { randomUUID } from "node:crypto";
import {
  companyInQuestion,
  confirmClosures,
  DatabaseError,
  importFields,
  importReceiptSchema,
  listReportFormats,
  noteFailedImport,
  NotFoundError,
  type SpooledReport,
  undoImport,
} from "@nerve/database";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { callerOf } from "../../authentication/caller-of.ts";
import { ownerOf } from "../../bodies/owner-of.ts";
import { integerInQuery, jsonInQuery, repeatedText } from "../../openapi/fields.ts";
import { asText } from "../../openapi/forms.ts";
import { handle } from "../handle.ts";
import { serve } from "../serve.ts";
import type { RegisterRoutes, Server, ServerContext } from "../server-context.ts";
import { createRunningImports, type ImportPlace } from "./running-imports.ts";
import { addUploads, requireEncoding, spoolBody } from "./uploads.ts";

const defaultWaitSeconds = 30;
const maxMappingBytes = 4096;

const { covers, mapping, waitMs: _waitMs, scannedAt: _scannedAt, sliceRecords: _sliceRecords, ...said } = importFields;

const querySchema = z.strictObject({
  ...(Object.fromEntries(Object.entries(said).map(([name, field]) => [name, asText(field)])) as unknown as typeof said),
  covers: repeatedText(covers.unwrap()).optional().meta({
    description:
      "A target that the report speaks for, clean or not; once for each: `covers=a.example&covers=b.example`.",
  }),
  mapping: jsonInQuery(mapping.unwrap(), maxMappingBytes)
    .optional()
    .meta({
      description: "For rows of any tool (`format=csv`): the headings of fields, as JSON.",
      examples: ['{"rule":"Plugin","host":"Machine"}'],
    }),
  turn: integerInQuery({ min: 0, max: 300 }).meta({
    description: "Seconds to wait for another import of the same series, 30 unless told; then it is refused.",
  }),
  wait: integerInQuery({ min: 0, max: 300 }).meta({
    description: "Seconds to wait for the receipt, 30 unless told; then the import goes on without anybody waiting.",
  }),
});

const startedSchema = z
  .object({
    importId: z.int().nullable().meta({ description: "Null as long as the report is read." }),
    scanId: z.string().meta({
      description:
        "By which the import is found (`GET /api/imports?scanId=…`), also one that fails; the same one again is the same import.",
    }),
  })
  .meta({ id: "StartedImport", description: "An import that goes on." });

const formatSchema = z.object({
  name: z.string(),
  source: z.string().nullable().meta({ description: "The tool; null where the report says it." }),
  files: z.array(z.string()).readonly(),
  needsTarget: z.boolean().meta({ description: "Whether some reports do not say what was scanned." }),
  coverage: z
    .enum(["named", "hits"])
    .meta({ description: "Whether a report speaks for what it names, or for nothing." }),
});

export const registerReportRoutes: RegisterRoutes = async (server, context) => {
  await addUploads(server, (scope) => addUpload(scope, context));
  serve(server, context, "POST /api/imports/:id/confirm", confirmClosures);
  serve(server, context, "POST /api/imports/:id/undo", undoImport);
  handle(server, "GET /api/formats", {
    summary: "List the formats of reports that are read",
    access: "account:read",
    answer: z.object({ items: z.array(formatSchema) }),
    run: () => ({ items: listReportFormats() }),
  });
};

function addUpload(server: Server, context: ServerContext): void {
  const { db, settings } = context;
  const imports = createRunningImports(db);
  server.addHook("preClose", async () => imports.stop());
  server.addHook("onClose", () => imports.settle(settings.stopSeconds));
  server.route({
    method: "POST",
    url: "/api/imports",
    schema: {
      tags: ["imports"],
      summary: "Take a report of a scanner in; the body is the report, packed with gzip or not",
      consumes: ["application/octet-stream"],
      querystring: querySchema,
      body: z.any().meta({ type: "string", format: "binary", description: "The report, of any content type." }),
      response: { 201: importReceiptSchema, 202: startedSchema },
    },
    config: { access: "scan:import" },
    async handler(request, reply) {
      const { wait = defaultWaitSeconds, turn, ...given } = request.query;
      const caller = callerOf(request);
      const isPacked = requireEncoding(request);
      const company = await companyInQuestion(db, caller, given.companyId);
      if (company === null) throw new NotFoundError();
      const waiting = turn === undefined ? {} : { waitMs: turn * 1000 };
      const options = { ...given, ...waiting, companyId: company, scanId: given.scanId ?? randomUUID() };
      const place = imports.enter(ownerOf(request));
      const report = await spool(request, context, { place, isPacked, name: options.fileName });
      const running = place.run(report, options, caller);
      // A rehearsal leaves nothing that could be looked up later.
      const receipt = await (options.dryRun ? running : imports.within(wait, running));
      if (receipt !== null) return reply.code(201).send(receipt);
      const { scanId } = options;
      const started = { importId: place.importId(), scanId };
      const noted = (error: unknown) => {
        request.log.warn({ scanId, importId: place.importId(), err: error }, "an import did not come to its end");
        return noteFailedImport(db, { ...options, report, error: place.isStopped() ? stopped() : error }, caller);
      };
      const lost = (error: unknown) => {
        request.log.error({ scanId, err: error }, "the end of an import was not written down");
      };
      imports.follow(running.then(() => undefined, noted).catch(lost));
      const found = new URLSearchParams({ companyId: String(company), scanId });
      return reply.code(202).header("location", `/api/imports?${found.toString()}`).send(started);
    },
  });
}

function stopped(): DatabaseError {
  return new DatabaseError("CLOSED", { message: "The server was stopped before the report was read: send it again." });
}

/** Takes the report in; where that fails, the place is somebody else's. */
async function spool(
  request: FastifyRequest,
  context: ServerContext,
  {
    place,
    isPacked,
    name,
  }: { readonly place: ImportPlace; readonly isPacked: boolean; readonly name: string | undefined },
): Promise<SpooledReport> {
  try {
    return await spoolBody(request, context, { mostMib: context.settings.importMib, isPacked, name });
  } catch (error) {
    place.leave();
    throw error;
  }
}
