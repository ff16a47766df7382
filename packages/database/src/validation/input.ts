export { date, isoDate } from "./date-fields.ts";
export { jsonDocument, jsonDocumentOptions, jsonValue, type JsonOptions } from "./json/json-field.ts";
export { jsonMembers, type JsonMembers } from "./json/json-members.ts";
export { boundedInteger, limit, recordId, type LimitOptions } from "./number-fields.ts";
export { parseInput, type ParseOptions } from "./parse-input.ts";
export {
  accountEmail,
  cursor,
  domain,
  email,
  ipAddress,
  network,
  oneOf,
  text,
  type TextOptions,
} from "./text-fields.ts";
export { JsonDocument } from "./json/json-document.ts";
export { readJson, readOnThreadFrom, type ReadJsonOptions } from "./json/read-json.ts";
