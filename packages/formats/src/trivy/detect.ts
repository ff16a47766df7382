import type { Head } from "../head/head.ts";

/** A report of an artifact or a cluster, or the list of targets that versions before 0.20 wrote. */
export function detectTrivy({ kind, keys }: Head): number {
  if (kind === "list") return keys.has("Target") && (keys.has("Vulnerabilities") || keys.has("Type")) ? 0.9 : 0;
  if (keys.has("ClusterName") && (keys.has("Resources") || keys.has("Findings"))) return 0.95;
  if (keys.has("SchemaVersion") && (keys.has("ArtifactName") || keys.has("ArtifactType"))) return 0.95;
  if (keys.has("ArtifactName") && keys.has("ArtifactType")) return 0.85;
  return keys.has("Results.Target") ? 0.7 : 0;
}
