import {
  createCompany,
  deleteCompany,
  getCompany,
  type Company,
  listCompanies,
  NotFoundError,
  restoreCompany,
  updateCompany,
} from "@nerve/database";
import type { FastifyRequest } from "fastify";
import { actorOf, scopeOf } from "../../authentication/principal.ts";
import { authorize } from "../../authorization/authorize.ts";
import { companyFilter } from "../../authorization/scope.ts";
import { idParameter, nothing, pageOf } from "../../openapi/fields.ts";
import type { RegisterRoutes, Server, ServerContext } from "../server-context.ts";
import {
  changeCompanyBody,
  companySchema,
  createCompanyBody,
  listCompaniesQuery,
  managedFieldNames,
} from "./schemas.ts";

const tags = ["companies"];

export const registerCompanyRoutes: RegisterRoutes = (server, context) => {
  registerReadRoutes(server, context);
  registerWriteRoutes(server, context);
  registerEndRoutes(server, context);
};

function registerReadRoutes(server: Server, { db }: ServerContext): void {
  server.get(
    "/api/companies",
    {
      schema: {
        tags,
        summary: "List companies",
        querystring: listCompaniesQuery,
        response: { 200: pageOf(companySchema) },
      },
      config: { access: "company:read" },
    },
    (request) => listCompanies(db, { ...request.query, ...companyFilter(scopeOf(request)) }),
  );

  server.get(
    "/api/companies/:id",
    {
      schema: { tags, summary: "Get a company", params: idParameter, response: { 200: companySchema } },
      config: { access: "company:read" },
    },
    async (request): Promise<Company> => {
      const company = await getCompany(db, requireReach(request));
      if (company === null) throw new NotFoundError();
      return company;
    },
  );
}

function registerWriteRoutes(server: Server, { db }: ServerContext): void {
  server.post(
    "/api/companies",
    {
      schema: { tags, summary: "Create a company", body: createCompanyBody, response: { 201: companySchema } },
      config: { access: "company:manage" },
    },
    async (request, reply) => {
      const company = await createCompany(db, { ...request.body, actor: actorOf(request) });
      return reply.code(201).send(company);
    },
  );

  server.patch(
    "/api/companies/:id",
    {
      schema: {
        tags,
        summary: "Change a company; its domains, seats and subscription take `company:manage`",
        params: idParameter,
        body: changeCompanyBody,
        response: { 200: companySchema },
      },
      config: { access: "company:write" },
    },
    (request) => {
      const id = requireReach(request);
      if (Object.keys(request.body).some((field) => managedFieldNames.includes(field))) {
        authorize(request, "company:manage", db.clock);
      }
      return updateCompany(db, id, request.body, { actor: actorOf(request) });
    },
  );
}

function registerEndRoutes(server: Server, { db }: ServerContext): void {
  server.delete(
    "/api/companies/:id",
    {
      schema: { tags, summary: "Delete a company; can be restored", params: idParameter, response: { 204: nothing } },
      config: { access: "company:manage" },
    },
    async (request, reply) => {
      await deleteCompany(db, request.params.id, { actor: actorOf(request) });
      return reply.code(204).send();
    },
  );

  server.post(
    "/api/companies/:id/restore",
    {
      schema: { tags, summary: "Restore a deleted company", params: idParameter, response: { 200: companySchema } },
      config: { access: "company:manage" },
    },
    (request) => restoreCompany(db, request.params.id, { actor: actorOf(request) }),
  );
}

/** The id in the address. @throws {NotFoundError} NOT_FOUND when it is another company's */
function requireReach(request: FastifyRequest): number {
  const { id } = request.params as { id: number };
  const { companyId } = companyFilter(scopeOf(request));
  if (companyId !== undefined && companyId !== id) throw new NotFoundError();
  return id;
}
