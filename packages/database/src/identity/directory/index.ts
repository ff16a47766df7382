export { describeRoles } from "./describe-roles.ts";
export { getUserNames } from "./get-user-names.ts";
