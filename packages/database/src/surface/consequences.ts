import type { OnFindingChanges, OnImportDone } from "./changes/finding-change.ts";

/** What follows from changes of findings, in this order. Another module's rules join here. */
export const findingChangeHandlers: readonly OnFindingChanges[] = [];

/** What follows from an import that is done, in this order; what is thrown here takes its last step back. */
export const importDoneHandlers: readonly OnImportDone[] = [];
