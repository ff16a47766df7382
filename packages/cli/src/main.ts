import { once } from "node:events";
import { runNerve } from "./program.ts";

// A reader that has seen enough, such as `head`, is no fault.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

process.exitCode = await runNerve(process.argv.slice(2), {
  environment: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  async untilAskedToEnd() {
    // Once only: a second signal ends the process at once.
    await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
  },
});
