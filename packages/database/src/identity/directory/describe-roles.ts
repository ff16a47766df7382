import { z } from "zod";
import { type Permission, type Reach, roleMatrix } from "../../access/role-matrix.ts";
import { reading } from "../../operation/operation.ts";
import { userRoles } from "../../schema/core.ts";

const reach = z.enum(["all", "company", "own", "all-without-company"] satisfies Reach[]).optional();

const permission = z.object({
  name: z.string(),
  allows: z.string(),
  byKey: z.boolean().meta({ description: "Whether an API key may carry it." }),
  roles: z.object(Object.fromEntries(userRoles.map((role) => [role, reach]))).meta({
    description: "How far each role reaches with it; a role that is not named does not have it.",
  }),
});

/**
 * Tells which role may do what: docs/ROLES.md as data.
 *
 * @returns the roles, and each permission with the roles that have it
 * @throws {ValidationError} INVALID_INPUT for any field, since it takes none
 * @example
 * const { permissions } = await describeRoles(db, {});
 * permissions.find(({ name }) => name === "scan:read")?.roles["analyst"]; // "company"
 */
export const describeRoles = reading({
  summary: "Which role may do what",
  permission: "account:read",
  input: {},
  output: z.object({ roles: z.array(z.enum(userRoles)), permissions: z.array(permission) }),
  run: async () => ({
    roles: [...userRoles],
    permissions: Object.entries<Permission>(roleMatrix).map(([name, { allows, byKey, roles }]) => ({
      name,
      allows,
      byKey,
      roles: { ...roles },
    })),
  }),
});
