import { DatabaseError } from "../errors/index.ts";
import type { Caller } from "./caller.ts";

/**
 * The user who calls, for what is about oneself.
 * @throws {DatabaseError} UNAUTHENTICATED for the program itself, which is none
 */
export function requireSelf({ actor }: Caller): number {
  if (actor.userId === null) throw new DatabaseError("UNAUTHENTICATED");
  return actor.userId;
}
