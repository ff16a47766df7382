// Fastify and nothing else: no logger, hooks or plugins. Its routes run the same statements, and answer with the same fields.
import { getSecurityEvents, openDatabase, saveXasmScan, tables, type TableName } from "@nerve/database";
import fastify, { type FastifyRequest } from "fastify";
import { benchOptions } from "../../database/bench/places.ts";
import { digestToken } from "../../database/src/cryptography/index.ts";
import { statement } from "../../database/src/database/statement.ts";
import { inGoodStanding } from "../../database/src/identity/account/good-standing.ts";
import { userColumns } from "../../database/src/identity/account/user.ts";
import { endWithParent, type ServedPlace } from "./served-place.ts";

const { url, maxConnections, userId } = JSON.parse(process.argv[2] ?? "") as ServedPlace;
const db = await openDatabase(url, { ...benchOptions, maxConnections });

/** The user of a session, in one look-up. */
const findUser = statement((sql, p: { digest: string; now: Date; idleSince: Date }) =>
  sql
    .selectFrom("sessions")
    .innerJoin("users", "users.id", "sessions.user_id")
    .select(userColumns.map((name) => `users.${name}` as const))
    .where("sessions.token", "=", p.digest)
    .where("sessions.is_active", "=", true)
    .where("sessions.revoked_at", "is", null)
    .where("sessions.expires_at", ">", p.now)
    .where("sessions.last_activity", ">", p.idleSince)
    .where(inGoodStanding(p.now)),
);

const typeOf = { id: "integer", integer: "integer", float: "number", boolean: "boolean" } as const;

const hidden: ReadonlySet<string | undefined> = new Set(["password", "digest", "encrypted"]);

/** A schema as a caller of fast-json-stringify writes it. */
function rowSchema(name: TableName, omit: readonly string[] = []) {
  const columns = tables.find((table) => table.name === name)?.columnList ?? [];
  const shown = columns.filter(({ property, sensitivity }) => !hidden.has(sensitivity) && !omit.includes(property));
  const properties = shown.map(({ property, kind, notNull }) => {
    if (kind === "json") return [property, {}];
    const type = kind in typeOf ? typeOf[kind as keyof typeof typeOf] : "string";
    const format = kind === "datetime" ? { format: "date-time" } : {};
    return [property, { type, ...format, nullable: notNull !== true }];
  });
  return { type: "object", properties: Object.fromEntries(properties) };
}

const server = fastify();
const idleMs = 8 * 3600_000;

function userOf({ headers }: FastifyRequest) {
  const now = db.clock.now();
  const token = headers.authorization?.slice("Bearer ".length) ?? "";
  return findUser.first(db, { digest: digestToken(token), now, idleSince: new Date(now.getTime() - idleMs) });
}

server.get("/api/auth/me", { schema: { response: { 200: rowSchema("users", ["twoFactorLastStep"]) } } }, userOf);

const page = {
  type: "object",
  properties: {
    items: { type: "array", items: rowSchema("security_events") },
    nextCursor: { type: "string", nullable: true },
  },
};
server.get<{ Querystring: { limit: number } }>(
  "/api/security/events",
  {
    schema: {
      querystring: { type: "object", properties: { limit: { type: "integer" } } },
      response: { 200: page },
    },
  },
  (request) => getSecurityEvents(db, { limit: request.query.limit }),
);

const text = { type: "string" };
server.post<{ Body: Parameters<typeof saveXasmScan>[1] }>(
  "/api/xasm/scans",
  {
    schema: {
      body: { type: "object", required: ["scanId", "target", "results"], properties: { scanId: text, target: text } },
      response: {
        201: {
          type: "object",
          properties: {
            id: { type: "integer" },
            status: text,
            timestamp: { ...text, format: "date-time" },
            summary: {},
          },
        },
      },
    },
  },
  async (request, reply) => {
    // Without a session it is the write alone that is measured.
    const owner = request.headers.authorization === undefined ? userId : (await userOf(request))?.id;
    return reply.code(201).send(await saveXasmScan(db, { ...request.body, userId: owner }));
  },
);

const address = await server.listen({ host: "127.0.0.1", port: 0 });
endWithParent(async () => {
  await server.close();
  await db.close();
});
process.send?.({ port: Number(new URL(address).port) });
