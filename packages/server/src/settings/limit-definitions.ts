import { wholeNumber } from "./kinds.ts";
import { setting } from "./setting.ts";

/** The settings of what slows down floods and guesses (docs/SIGN-IN.md). */
export const limitDefinitions = {
  requestsPerMinute: setting("NERVE_REQUESTS_PER_MINUTE", wholeNumber(1, 1_000_000), {
    default: 600,
    help: "How many requests one address may make in a minute (an IPv6 network of 64 bits counts as one). All processes of a database count together; each may let a tenth of the limit slip through.",
  }),
  guessesPerMinute: setting("NERVE_GUESSES_PER_MINUTE", wholeNumber(1, 1_000_000), {
    default: 20,
    help: "How many of them may carry something that can be guessed: a password, a code, a token.",
  }),
  guessesPerAccount: setting("NERVE_GUESSES_PER_ACCOUNT", wholeNumber(1, 1_000_000), {
    default: 30,
    help: "How many guesses are taken in 15 minutes in one half-finished sign-in or from one signed-in user, from all addresses together. Sign-in itself goes by the lockout.",
  }),
  lockoutFailures: setting("NERVE_LOCKOUT_FAILURES", wholeNumber(1, 100), {
    default: 5,
    help: "After how many failures to sign in, within `NERVE_LOCKOUT_WINDOW_MINUTES`, an e-mail address is refused for a time to whoever has proved nothing yet. Known devices, live sessions and the owner's networks have counts of their own.",
  }),
  lockoutWindowMinutes: setting("NERVE_LOCKOUT_WINDOW_MINUTES", wholeNumber(1, 1440), {
    default: 15,
    help: "The minutes within which they have to lie.",
  }),
  firstLockoutMinutes: setting("NERVE_LOCKOUT_FIRST_MINUTES", wholeNumber(1, 1440), {
    default: 2,
    help: "For how long it is refused at first; each further failure of the same day doubles it.",
  }),
  longestLockoutMinutes: setting("NERVE_LOCKOUT_LONGEST_MINUTES", wholeNumber(1, 1440), {
    default: 30,
    help: "For how long it is refused at most.",
  }),
};
