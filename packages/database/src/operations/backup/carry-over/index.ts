export type { CarriedOver } from "./carry-over.ts";
export type { EndedAccess } from "./end-all-access.ts";
export { type CompletedState, type CompletingTask, RestoredState } from "./restored-state.ts";
