export { decideFindings, type DecidedFindings } from "./decide-findings.ts";
