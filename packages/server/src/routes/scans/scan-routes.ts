import {
  forLaggingReads,
  type Handle,
  NotFoundError,
  type Page,
  type ScanHistoryFilter,
  type ScanInScope,
  type ScanToDelete,
  type ScanToSave,
} from "@nerve/database";
import type { z } from "zod";
import { actorOf, principalOf, scopeOf } from "../../authentication/principal.ts";
import { listFilter } from "../../authorization/scope.ts";
import { nothing, pageOf } from "../../openapi/fields.ts";
import type { Server, ServerContext } from "../server-context.ts";
import { listScansQuery, saveScanBody, savedScanSchema, scanIdParameter } from "./schemas.ts";

/** A kind of scan: its schemas, and the functions of the database. */
export interface ScanKind {
  readonly name: "xasm" | "lightbox";
  readonly listed: z.ZodType;
  readonly found: z.ZodType;
  readonly list: (db: Handle, filter: ScanHistoryFilter) => Promise<Page<unknown>>;
  readonly find: (db: Handle, scan: ScanInScope) => Promise<unknown>;
  readonly save: (db: Handle, scan: ScanToSave) => Promise<z.output<typeof savedScanSchema>>;
  readonly remove: (db: Handle, scan: ScanToDelete) => Promise<boolean>;
}

/** The results may have 16 MiB; a little more for what stands around them. */
const bodyLimit = 16 * 1024 * 1024 + 16 * 1024;

/** Registers the routes of one kind of scan. */
export function registerScanKind(server: Server, context: ServerContext, kind: ScanKind): void {
  registerReadRoutes(server, context, kind);
  registerWriteRoutes(server, context, kind);
}

function addressOf({ name }: ScanKind): string {
  return `/api/${name}/scans`;
}

function registerReadRoutes(server: Server, { db }: ServerContext, kind: ScanKind): void {
  const tags = [kind.name];
  const address = addressOf(kind);
  const lagging = forLaggingReads(db);

  server.get(
    address,
    {
      schema: {
        tags,
        summary: "List scans without their results, of the last 30 days unless told",
        querystring: listScansQuery,
        response: { 200: pageOf(kind.listed) },
      },
      config: { access: "scan:read" },
    },
    (request) => kind.list(lagging, { ...request.query, ...listFilter(scopeOf(request)) }),
  );

  server.get(
    `${address}/:scanId`,
    {
      schema: { tags, summary: "Get a scan with its results", params: scanIdParameter, response: { 200: kind.found } },
      config: { access: "scan:read" },
    },
    async (request) => {
      const scan = await kind.find(db, { ...request.params, ...listFilter(scopeOf(request)) });
      if (scan === null) throw new NotFoundError();
      return scan;
    },
  );
}

function registerWriteRoutes(server: Server, { db }: ServerContext, kind: ScanKind): void {
  const tags = [kind.name];
  const address = addressOf(kind);

  server.post(
    address,
    {
      schema: {
        tags,
        summary: "Store a scan; one's own scan of the same id and target is replaced",
        body: saveScanBody,
        response: { 201: savedScanSchema },
      },
      config: { access: "scan:write" },
      bodyLimit,
    },
    async (request, reply) => {
      const { results, ...scan } = request.body;
      const saved = await kind.save(db, {
        ...scan,
        results: results as ScanToSave["results"],
        userId: principalOf(request).user.id,
      });
      return reply.code(201).send(saved);
    },
  );

  server.delete(
    `${address}/:scanId`,
    {
      schema: { tags, summary: "Delete a scan", params: scanIdParameter, response: { 204: nothing } },
      config: { access: "scan:write" },
    },
    async (request, reply) => {
      const scope = listFilter(scopeOf(request));
      if (!(await kind.remove(db, { ...request.params, ...scope, actor: actorOf(request) }))) throw new NotFoundError();
      return reply.code(204).send();
    },
  );
}
