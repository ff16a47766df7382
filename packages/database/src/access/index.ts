export type { Actor, ActorOption } from "./actor.ts";
export { type Caller, type Proof, systemCaller, systemCallerFor } from "./caller.ts";
export { findReaches, type Reaches } from "./reaches.ts";
export { keyPermissions, type Permission, type PermissionName, type Reach, roleMatrix } from "./role-matrix.ts";
export { findScope, type Scope, type Subject } from "./scope.ts";
export { type Tenancy, tenancy } from "./tenancy.ts";
