import type { Head } from "../head/head.ts";

/** Results of version 3, among its log or not, or of version 2. */
export function detectTrufflehog({ keys, text }: Head): number {
  if (keys.has("SourceMetadata") && keys.has("DetectorName")) return 0.95;
  if (keys.has("stringsFound") && keys.has("reason")) return 0.95;
  // The log may come first, and alone where nothing was found.
  if (!keys.has("logger") || !/"logger"\s*:\s*"trufflehog"/.test(text)) return 0;
  return text.includes('"SourceMetadata"') ? 0.95 : 0.7;
}
