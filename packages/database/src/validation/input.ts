export { date, isoDate } from "./date-fields.ts";
export { jsonValue, type JsonOptions } from "./json-field.ts";
export { jsonMembers, type JsonMembers } from "./json-members.ts";
export { boundedInteger, limit, recordId, type LimitOptions } from "./number-fields.ts";
export { parseInput, type ParseOptions } from "./parse-input.ts";
export { cursor, domain, email, ipAddress, oneOf, text, type TextOptions } from "./text-fields.ts";
