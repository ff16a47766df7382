export { importEpss } from "./import-epss.ts";
export type { FeedReceipt, FeedToImport } from "./import-feed.ts";
export { importKev } from "./import-kev.ts";
