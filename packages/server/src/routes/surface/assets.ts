import { getAsset, listAssets, mergeAssets, tagAssets, updateAsset } from "@nerve/database";
import { serve } from "../serve.ts";
import type { RegisterRoutes } from "../server-context.ts";

export const registerAssetRoutes: RegisterRoutes = (server, context) => {
  serve(server, context, "GET /api/assets", listAssets);
  serve(server, context, "GET /api/assets/:id", getAsset);
  serve(server, context, "PATCH /api/assets/:id", updateAsset);
  serve(server, context, "POST /api/assets/merge", mergeAssets);
  serve(server, context, "POST /api/assets/tags", tagAssets);
};
