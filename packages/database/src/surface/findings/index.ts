export { listFindings, type ListedFinding } from "./list-findings.ts";
