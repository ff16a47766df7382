import type { ImportStatus } from "../../schema/assets.ts";
import type { ImportCounts } from "./import-run.ts";

/** What an import did. */
export interface ImportReceipt extends ImportCounts {
  /** 0 of a rehearsal, which leaves none. */
  readonly importId: number;
  readonly scanId: string;
  readonly status: ImportStatus;
  readonly format: string;
  readonly tool: string;
  /** `partial` where the report ended too early: it then closed nothing. */
  readonly outcome: "read" | "partial";
  /** Whether it was whole, and might close what it covers. */
  readonly complete: boolean;
  readonly rejected: number;
  readonly rejects: readonly { readonly place: string; readonly reason: string }[];
  readonly warnings: readonly string[];
}
