import type { riskAcceptances } from "../../schema/surface/findings.ts";
import type { Row } from "../../schema/kit/index.ts";

export const acceptanceStates = ["live", "expired", "revoked", "replaced"] as const;

export type AcceptanceState = (typeof acceptanceStates)[number];

/** What an acceptance is by the clock: one whose time is over has expired, whether or not the job has seen to it. */
export function acceptanceState(
  { endReason, expiresAt }: Pick<Row<typeof riskAcceptances>, "endReason" | "expiresAt">,
  now: Date,
): AcceptanceState {
  return endReason ?? (expiresAt > now ? "live" : "expired");
}
