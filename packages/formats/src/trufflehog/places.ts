import { subjectName } from "../identity/subject.ts";
import { type JsonObject, textOf } from "../json/values.ts";
import type { Asset } from "../records/records.ts";

/** Stores of files, by what their sources call them: provider, type, and the keys that name one. */
const stores: ReadonlyMap<string, readonly [provider: string, key: string]> = new Map([
  ["S3", ["aws/s3", "bucket"]],
  ["GCS", ["gcp/storage", "bucket"]],
  ["Azure", ["azure/storage", "container"]],
  ["Confluence", ["confluence/space", "space"]],
  ["Jira", ["jira/issue", "issue"]],
  ["Slack", ["slack/channel", "channel_id"]],
  ["Teams", ["teams/channel", "channel_id"]],
  ["Artifactory", ["artifactory/repository", "repo"]],
  ["Elasticsearch", ["elasticsearch/index", "index"]],
  ["Postman", ["postman/workspace", "workspace_uuid"]],
]);

/** What a secret was found in, and the path in it. Files of a folder do not say whose they are. */
export function placeOf(source: string, data: JsonObject): { asset: Asset; path: string } {
  const path = textOf(data, "file", "filename", "path").replaceAll("\\", "/");
  return { asset: assetOf(source, data), path };
}

function assetOf(source: string, data: JsonObject): Asset {
  const image = textOf(data, "image");
  if (image !== "") {
    const registry = textOf(data, "registry");
    return { kind: "image", name: registry === "" || image.startsWith(registry) ? image : `${registry}/${image}` };
  }
  const store = stores.get(source);
  if (store !== undefined) return { kind: "resource", name: `${store[0]}/${textOf(data, store[1])}` };
  const repository = textOf(data, "repository", "project", "package");
  // A repository on disk is where it was cloned to.
  return { kind: "repository", name: repository.startsWith("file:") ? "" : subjectName(repository) };
}
