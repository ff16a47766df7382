export { getAsset, type ShownAsset } from "./get-asset.ts";
export { type Asset, listAssets } from "./list-assets.ts";
export { mergeAssets } from "./merge-assets.ts";
export { updateAsset } from "./update-asset.ts";
