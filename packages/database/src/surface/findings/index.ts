export { countFindings, type FindingCount } from "./count-findings.ts";
export { type FindingDetails, getFinding } from "./get-finding.ts";
export { type FindingEvidence, getFindingEvidence } from "./get-finding-evidence.ts";
export { getFindingHistory, type PastFindingChange } from "./get-finding-history.ts";
export { type FindingLocation, getFindingLocations } from "./get-finding-locations.ts";
export { getFindingNotes } from "./get-finding-notes.ts";
export { listFindings, type ListedFinding } from "./list-findings.ts";
export { topAssets, type TopAsset } from "./top-assets.ts";
export { topRules, type TopRule } from "./top-rules.ts";
