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
import { serve } from "./serve.ts";
import type { RegisterRoutes } from "./server-context.ts";

/** The results may have 16 MiB; a little more for what stands around them. */
const bodyLimit = 16 * 1024 * 1024 + 16 * 1024;

/** Who saves a scan owns it. */
const saving = { status: 201, bodyLimit, given: { userId: () => undefined } } as const;

export const registerScanRoutes: RegisterRoutes = (server, context) => {
  serve(server, context, "GET /api/xasm/scans", getXasmScanHistory);
  serve(server, context, "GET /api/xasm/scans/:scanId", getXasmScanById);
  serve(server, context, "POST /api/xasm/scans", saveXasmScan, saving);
  serve(server, context, "DELETE /api/xasm/scans/:scanId", deleteXasmScan, { status: 204 });
  serve(server, context, "GET /api/lightbox/scans", getLightboxScanHistory);
  serve(server, context, "GET /api/lightbox/scans/:scanId", getLightboxScanById);
  serve(server, context, "POST /api/lightbox/scans", saveLightboxScan, saving);
  serve(server, context, "DELETE /api/lightbox/scans/:scanId", deleteLightboxScan, { status: 204 });
};
