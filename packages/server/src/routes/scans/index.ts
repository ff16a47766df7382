import {
  deleteLightboxScan,
  deleteXasmScan,
  getLightboxScanById,
  getLightboxScanHistory,
  getXasmScanById,
  getXasmScanHistory,
  saveLightboxScan,
  saveXasmScan,
} from "@nerve/database";
import { registerScanKind } from "./scan-routes.ts";
import { lightboxSchemas, xasmSchemas } from "./schemas.ts";
import type { RegisterRoutes } from "../server-context.ts";

export const registerScanRoutes: RegisterRoutes = (server, context) => {
  registerScanKind(server, context, {
    name: "xasm",
    ...xasmSchemas,
    list: getXasmScanHistory,
    find: getXasmScanById,
    save: saveXasmScan,
    remove: deleteXasmScan,
  });
  registerScanKind(server, context, {
    name: "lightbox",
    ...lightboxSchemas,
    list: getLightboxScanHistory,
    find: getLightboxScanById,
    save: saveLightboxScan,
    remove: deleteLightboxScan,
  });
};
