import type { Asset } from "../records/records.ts";
import { hostKey } from "./host.ts";

/** What makes two assets of one kind the same. */
export function assetKey(asset: Asset): string {
  switch (asset.kind) {
    case "host":
      return hostKey(asset.host);
    case "service": {
      const host = hostKey(asset.host);
      return `${host.includes(":") ? `[${host}]` : host}:${asset.port}/${asset.transport}`;
    }
    case "repository":
      return repositoryKey(asset.name);
    case "image":
      return imageKey(asset.name);
    case "resource":
      return asset.name.trim();
    case "unnamed":
      return "";
  }
}

/** A repository's address without scheme, credentials and `.git`, or its name as given. */
export function repositoryKey(name: string): string {
  return name
    .trim()
    .replace(/^[a-z][a-z\d+.-]*:\/\//i, "")
    .replace(/^[^/@]*@/, "")
    .replace(/\/+$/, "")
    .replace(/\.git$/, "");
}

/** An image's registry and name, without tag and digest. */
export function imageKey(name: string): string {
  return name
    .trim()
    .replace(/@sha\d+:[\da-f]+$/i, "")
    .replace(/:[^/:]*$/, "");
}

/** An asset's kind and key, which together name it among all. */
export function assetIdentity(asset: Asset): string {
  return `${asset.kind} ${assetKey(asset)}`;
}
