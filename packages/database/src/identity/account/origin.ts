import { maxUserAgentLength } from "../../access/actor.ts";
import { ipAddress, text } from "../../validation/input.ts";

/** Where a request comes from, as fields of an input. */
export const originFields = {
  ipAddress: ipAddress(),
  userAgent: text({ max: maxUserAgentLength }).optional(),
};
