import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import { input, type Permission, roleMatrix } from "@nerve/database";
import type { FastifyInstance, FastifySchemaCompiler } from "fastify";
import { createJsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import type { z } from "zod";
import { backgroundParameter } from "../authentication/background.ts";
import type { Access } from "../authorization/authorize.ts";
import { isLoopbackHost, type Settings } from "../settings/index.ts";
import { problemResponse } from "./problem-schema.ts";
import { serializerCompiler } from "./serializer-compiler.ts";

/** Inputs are read as the database's functions read theirs, so that a fault is told in the same words everywhere. */
const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  // A body that was not sent comes as null.
  const read = (data: unknown) => (httpPart === "body" && data === null ? undefined : data);
  return (data: unknown) => {
    try {
      return { value: input.parseInput(schema, read(data)) };
    } catch (error) {
      return { error: error as Error };
    }
  };
};

/** Reads what comes in and writes what goes out by the routes' schemas, and gathers them into the OpenAPI document. */
export async function describeApi(app: FastifyInstance, { version }: { version: string }): Promise<void> {
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.addHook("onRoute", (route) => {
    const { schema, config } = route;
    if (schema === undefined || schema.hide === true) return;
    route.schema = {
      ...schema,
      ...describeAccess(config?.access),
      response: { ...(schema.response as object | undefined), default: problemResponse },
    };
  });
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "NERVE",
        version,
        description:
          "The HTTP interface of NERVE. Errors are problem documents (RFC 9457); lists are pages with a cursor.",
      },
      components: {
        securitySchemes: {
          bearer: { type: "http", scheme: "bearer", description: "A session token, or an API key (`nrv_…`)." },
        },
      },
    },
    transform: createJsonSchemaTransform({ skipList: [] }),
    transformObject: (given) => {
      const document = jsonSchemaTransformObject(given);
      sayWhereBackgroundIsRead((document as Document).paths ?? {});
      return document;
    },
  });
}

/** Whether anybody may read the document. */
export function showsDocs({ apiDocs, host, publicUrl }: Pick<Settings, "apiDocs" | "host" | "publicUrl">): boolean {
  return apiDocs === "auto" ? isLoopbackHost(host) && publicUrl === null : apiDocs === "on";
}

/** Serves the document at /openapi.json and a page that shows it at /docs, with everything the page needs. */
export async function serveApiDescription(app: FastifyInstance): Promise<void> {
  app.get("/openapi.json", { schema: { hide: true }, config: { access: "anybody" } }, (_request, reply) =>
    reply.header("cache-control", "no-store").send(app.swagger()),
  );
  await app.register(async (pages) => {
    pages.addHook("onRoute", (route) => {
      route.config = { ...route.config, access: "anybody", isFile: true };
    });
    await pages.register(swaggerUi, {
      routePrefix: "/docs",
      uiConfig: { url: "/openapi.json", validatorUrl: null, persistAuthorization: false },
      staticCSP: pageCsp,
    });
  });
}

/** Scripts and styles of the page's own files; it sets inline style attributes, which run nothing. */
const pageCsp =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

interface Document {
  readonly paths?: Readonly<Record<string, { readonly get?: Reading }>>;
}
interface Reading {
  readonly security?: readonly unknown[];
  parameters?: unknown[];
}

/** Says on every route that reads with a session that nobody may have asked. No schema does: nothing is checked for it. */
function sayWhereBackgroundIsRead(paths: NonNullable<Document["paths"]>): void {
  for (const { get } of Object.values(paths)) {
    if (get === undefined || (get.security ?? []).length === 0) continue;
    get.parameters = [...(get.parameters ?? []), backgroundParameter];
  }
}

function describeAccess(access: Access | undefined): { security?: { bearer: string[] }[]; description?: string } {
  if (access === undefined || access === "anybody") return { security: [] };
  const { roles, byKey }: Permission = roleMatrix[access];
  const key = byKey ? `An API key needs \`${access}\`.` : "Not with an API key.";
  return { security: [{ bearer: [] }], description: `For ${Object.keys(roles).join(", ")}. ${key}` };
}
