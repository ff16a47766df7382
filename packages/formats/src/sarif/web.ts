import { firstText, isObject, type JsonObject, objectOf, textOf } from "../json/values.ts";
import { longestText } from "../limits/limits.ts";
import type { Evidence, Location } from "../records/records.ts";
import { isAddress } from "./places.ts";

/** The request that a result was found with, and what was answered. */
export function exchangeOf(result: JsonObject): Evidence[] {
  const request = requestText(objectOf(result, "webRequest"));
  const response = responseText(objectOf(result, "webResponse"));
  return [
    ...(request === "" ? [] : [{ kind: "request" as const, content: request }]),
    ...(response === "" ? [] : [{ kind: "response" as const, content: response }]),
  ];
}

/**
 * Adds the method of its request to each place in the network. A result without a place is where its request went, and
 * without that one nowhere, with its message.
 */
export function withRequest(locations: readonly Location[], result: JsonObject, message: string): readonly Location[] {
  const request = objectOf(result, "webRequest");
  const [method, target] = [textOf(request, "method"), textOf(request, "target")];
  if (locations.length === 0) {
    if (!isAddress(target)) return [{ kind: "other", locator: [], message }];
    return [{ kind: "url", locator: [target], url: target, method, message }];
  }
  return method === "" ? locations : locations.map((one) => (one.kind === "url" ? { ...one, method } : one));
}

function requestText(request: JsonObject): string {
  const line = [textOf(request, "method"), textOf(request, "target"), protocolOf(request)];
  return messageText(line, request);
}

function responseText(response: JsonObject): string {
  const line = [protocolOf(response), textOf(response, "statusCode"), textOf(response, "reasonPhrase")];
  return messageText(line, response);
}

function protocolOf(message: JsonObject): string {
  const [protocol, version] = [textOf(message, "protocol"), textOf(message, "version")];
  return protocol === "" || version === "" ? protocol : `${protocol}/${version}`;
}

/** A message of HTTP as it was sent, as far as it is told. */
function messageText(firstLine: readonly string[], message: JsonObject): string {
  const headers = Object.entries(objectOf(message, "headers")).map(([name, value]) => `${name}: ${String(value)}`);
  const head = [firstLine.filter((part) => part !== "").join(" "), ...headers].filter((line) => line !== "").join("\n");
  const body = bodyOf(message["body"]);
  return [head, body].filter((part) => part !== "").join("\n\n");
}

/** The text of a body; one that is no text comes as Base64, and is decoded only as far as evidence is kept. */
function bodyOf(body: unknown): string {
  if (!isObject(body)) return "";
  const { text } = body;
  const binary = textOf(body, "binary").slice(0, longestText.evidence);
  return firstText(typeof text === "string" ? text : "", Buffer.from(binary, "base64").toString());
}
