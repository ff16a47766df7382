import { z } from "zod";
import { ipAddress, recordId, text } from "../validation/input.ts";

/** Who does something, and from where. */
export interface Actor {
  /** The user; null when it is the system itself. */
  userId: number | null;
  ipAddress?: string | undefined;
  userAgent?: string | undefined;
}

/** The actor when nobody else is named. */
export const systemActor: Actor = { userId: null };

/** Longest user agent that is kept, in characters; longer ones are refused where they are a field of an input. */
export const maxUserAgentLength = 1024;

/** The actor as a field of an input. */
export const actorField = z
  .strictObject({
    userId: recordId().nullable(),
    ipAddress: ipAddress().optional(),
    userAgent: text({ max: maxUserAgentLength }).optional(),
  })
  .default(systemActor);

/** The options of functions that take nothing but the actor. */
export interface ActorOption {
  /** Who does it; default the system. */
  actor?: Actor | undefined;
}

export const actorOption = z.strictObject({ actor: actorField });
