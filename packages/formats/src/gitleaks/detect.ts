import type { Head } from "../head/head.ts";

/** Leaks of version 8, or of those before it. */
export function detectGitleaks({ keys }: Head): number {
  if (keys.has("RuleID") && keys.has("File") && (keys.has("Secret") || keys.has("Match") || keys.has("Context")))
    return 0.95;
  return keys.has("rule") && keys.has("offender") && keys.has("line") ? 0.95 : 0;
}
