export { getSlaPolicy, setSlaPolicy } from "./sla-policy.ts";
