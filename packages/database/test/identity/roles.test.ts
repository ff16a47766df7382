import { expect, test } from "vitest";
import { mayAssignRole } from "../../src/identity/account/roles.ts";
import { userRoles } from "../../src/schema/core.ts";

test("Super administrators give any role, administrators any but that one, nobody else gives one", () => {
  const matrix = Object.fromEntries(
    userRoles.map((actor) => [actor, userRoles.filter((role) => mayAssignRole(actor, role))]),
  );
  expect(matrix).toEqual({
    super_admin: [...userRoles],
    admin: ["admin", "analyst", "user", "company_user", "demo"],
    analyst: [],
    user: [],
    company_user: [],
    demo: [],
  });
});
