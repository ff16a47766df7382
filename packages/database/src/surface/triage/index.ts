export { assignFindings } from "./assign-findings.ts";
export { addFindingNote, deleteFindingNote } from "./finding-notes.ts";
export { setSeverity } from "./set-severity.ts";
export { tagAssets } from "./tag-assets.ts";
export { tagFindings } from "./tag-findings.ts";
