import type { FindingChangeKind } from "../../schema/surface/finding-words.ts";
import type { FindingStatus } from "./statuses.ts";

/** What changes the state of a finding; `expiry` is the end of an acceptance, also where a person revokes it. */
export type StatusCause = "import" | "decision" | "expiry" | "undo";

const byState: Readonly<Record<FindingStatus, FindingChangeKind>> = {
  open: "reopened",
  confirmed: "confirmed",
  fixed: "fixed",
  resolved: "resolved",
  accepted: "accepted",
  false_positive: "false-positive",
  out_of_scope: "out-of-scope",
  suppressed: "suppressed",
};

/** What an import does that is no coming back: what is on an ignored asset is out of scope. */
const ofImport: Partial<Record<FindingStatus, FindingChangeKind>> = {
  resolved: "resolved",
  suppressed: "suppressed",
  out_of_scope: "out-of-scope",
};

/**
 * The kind of a change of state, as it is handed on and written into the history.
 *
 * @param from null for a finding that was not there before
 * @param to null for one that is taken away
 */
export function changeKind(
  from: FindingStatus | null,
  to: FindingStatus | null,
  cause: StatusCause,
): FindingChangeKind {
  if (to === null) return "withdrawn";
  if (cause === "undo") return "restored";
  if (from === null) return to === "suppressed" ? "suppressed" : "opened";
  if (cause === "expiry") return "acceptance-ended";
  // What is accepted still comes back as accepted: no person decided that now.
  if (cause === "import") return ofImport[to] ?? "reactivated";
  // Nothing that is gone can be confirmed: it is what it was before it went.
  return from === "resolved" ? "reopened" : byState[to];
}
