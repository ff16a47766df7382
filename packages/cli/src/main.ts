import { once } from "node:events";
import { readVersion } from "./version.ts";

// A reader that has seen enough, such as `head`, is no fault; nor is a terminal that was closed.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
  });
}

const words = process.argv.slice(2);
if (words.length === 1 && (words[0] === "--version" || words[0] === "-V")) {
  // Scripts ask for it, often: that needs neither commands nor a database.
  process.stdout.write(`${readVersion()}\n`);
} else {
  const { runNerve } = await import("./program.ts");
  process.exitCode = await runNerve(words, {
    environment: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    async untilAskedToEnd() {
      // A terminal that is closed may hang up twice, by the shell and by the system.
      process.on("SIGHUP", () => undefined);
      // Once only: a second signal ends the process at once.
      await Promise.race(["SIGTERM", "SIGINT", "SIGHUP"].map((signal) => once(process, signal)));
    },
  });
}
