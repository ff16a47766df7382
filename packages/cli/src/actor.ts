import type { Actor } from "@nerve/database";

/** Who acts when the command does: nobody who is signed in. The audit log shows the command line in its place. */
export const commandLine: Actor = { userId: null, userAgent: "nerve command line" };
