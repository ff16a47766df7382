import { type Actor, type Caller, systemCallerFor } from "@nerve/database";

/** Who acts when the command does: nobody who is signed in. The audit log shows the command line in its place. */
export const commandLine: Actor = { userId: null, userAgent: "nerve command line" };

/** The command line as the caller of an operation: whoever may start it on the machine may do everything. */
export const commandLineCaller: Caller = systemCallerFor(commandLine);
