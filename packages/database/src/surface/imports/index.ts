export { getImport } from "./get-import.ts";
export { getImportChanges, type ImportChange } from "./get-import-changes.ts";
export { listImports } from "./list-imports.ts";
export type { ListedImport, ShownImport } from "./listed-import.ts";
