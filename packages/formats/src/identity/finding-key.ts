import type { FindingRecord } from "../records/records.ts";
import { assetIdentity } from "./asset-key.ts";

/** What makes two findings of one source the same, but for their positions: rule, asset, context and secret. */
export function findingKey(record: FindingRecord): string {
  const { source = "", rule, asset, context, secret = "" } = record;
  return [source, rule.key, assetIdentity(asset), secret, ...context].join("\u0000");
}

/** With the finding's key, what makes two records one that came twice: every place with lines and columns, and the message. */
export function placesKey({ locations, title }: FindingRecord): string {
  const places = locations.map(({ locator, startLine, endLine, startColumn, endColumn, message }) =>
    [...locator, startLine, endLine, startColumn, endColumn, message].join("\u0000"),
  );
  return [title, ...places].join("\u0001");
}
