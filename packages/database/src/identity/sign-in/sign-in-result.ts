import type { Challenge } from "../attempts/challenges.ts";
import type { Refusal } from "../attempts/decide.ts";
import type { KnownDevice } from "../known-devices/known-device.ts";
import type { NewSession } from "../sessions/session-tokens.ts";
import type { User } from "../account/user.ts";

/** What came of an attempt to sign in. */
export type SignInResult =
  | {
      readonly status: "signed-in";
      readonly session: NewSession;
      readonly user: User;
      /** By when the user has to set up a second factor; from then on the session is good for that and nothing else. */
      readonly secondFactorDue: Date | null;
      /** For the client to keep, and to bring along with later sign-ins: strangers' failures do not count there. */
      readonly device: KnownDevice;
    }
  /** The password is right; `completeSecondFactor` takes the challenge and a code. */
  | ({ readonly status: "second-factor-needed" } & Challenge)
  /** Everything is right; `completePasswordChange` takes the challenge and a new password. */
  | ({ readonly status: "password-change-needed" } & Challenge)
  | Refusal;
