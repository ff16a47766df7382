import { DatabaseError, type ErrorCode, errorRegistry } from "../../errors/index.ts";

/** The code of an error, whatever threw it. */
export function codeOf(error: unknown): ErrorCode {
  return error instanceof DatabaseError ? error.code : "DATABASE_FAILED";
}

/** A sentence on an error that is safe to show. */
export function messageOf(error: unknown): string {
  return error instanceof DatabaseError ? error.message : errorRegistry.DATABASE_FAILED.message;
}
