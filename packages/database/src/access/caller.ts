import type { UserRole } from "../schema/core.ts";
import { type Actor, systemActor } from "./actor.ts";
import type { PermissionName } from "./role-matrix.ts";
import type { Scope } from "./scope.ts";

/**
 * How a caller has proved who they are: by a sign-in of the last minutes, by one that is older, by an API key, or not at all,
 * since it is the program itself.
 */
export type Proof = "fresh" | "session" | "key" | "system";

/** Who calls an operation, whose records they reach with it, and what they may give. */
export interface Caller {
  readonly actor: Actor;
  /** Whose records the caller reaches with the operation's permission. */
  readonly scope: Scope;
  /** Nobody gives or manages a role above their own; the program itself may do both. */
  readonly role: UserRole | "system";
  readonly proof: Proof;
  /** Whether the caller has a permission: by the role and, where it is an API key, by what the key carries as well. */
  readonly may: (permission: PermissionName) => boolean;
}

/** The program itself: jobs, the command line on the machine, and applications that check rights by themselves. */
export const systemCaller: Caller = {
  actor: systemActor,
  scope: { kind: "all" },
  role: "system",
  proof: "system",
  may: () => true,
};

/**
 * Makes the caller for what the program itself does on behalf of somebody: it reaches everything, and the audit log names
 * the actor.
 *
 * @param actor who is recorded as the one who did it
 * @returns the caller
 * @example
 * const caller = systemCallerFor({ userId: 1, ipAddress: "192.0.2.7" });
 */
export function systemCallerFor(actor: Actor): Caller {
  return { ...systemCaller, actor };
}
