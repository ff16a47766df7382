import { type Asset, assetKey, hostKey } from "@nerve/formats";
import type { AssetKind } from "../../../schema/surface/assets.ts";

/** An asset as it is looked up and made. */
export interface AssetRef {
  readonly kind: AssetKind;
  readonly key: string;
  readonly name: string;
  /** The host of a service. */
  readonly parent: AssetRef | null;
}

/** Makes the reference of a host. */
export function hostRef(host: string): AssetRef {
  const key = hostKey(host).slice(0, 600);
  return { kind: "host", key, name: key, parent: null };
}

/**
 * Turns the asset that a report names into what NERVE knows it as.
 *
 * @param target what the caller says that the report is of: it names repositories, images and clusters instead of the report, and
 *   whatever the report leaves without a name
 */
export function resolveAsset(asset: Asset, target: Asset | null, targetName: string | null): AssetRef {
  const named = nameByTarget(asset, target, targetName);
  const key = assetKey(named).slice(0, 600);
  if (named.kind === "service") {
    const parent = hostRef(named.host);
    return { kind: "service", key, name: key.replace(/\/tcp$/, ""), parent };
  }
  if (named.kind === "host") return hostRef(named.host);
  return { kind: named.kind, key, name: key, parent: null };
}

function nameByTarget(asset: Asset, target: Asset | null, targetName: string | null): Asset {
  if (targetName === null) return asset;
  switch (asset.kind) {
    case "repository":
    case "image":
      return { kind: asset.kind, name: targetName };
    case "resource": {
      const [, ...inCluster] = asset.name.split("/");
      return { kind: "resource", name: inCluster.length === 0 ? targetName : [targetName, ...inCluster].join("/") };
    }
    case "unnamed":
      return target ?? asset;
    default:
      return asset;
  }
}
