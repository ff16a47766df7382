// `npm start`: installs, builds and serves. What follows `npm start --` goes to `nerve serve`.
import { join } from "node:path";
import { runToEnd } from "./processes.mjs";
import { afterSetUp, root, runScript } from "./set-up.mjs";

const node = await afterSetUp(async (found) => {
  const code = await runScript("build");
  if (code !== 0) process.exit(code);
  return found;
});
const nerve = join(root, "packages", "cli", "bin", "nerve.mjs");
process.exitCode = await runToEnd(node, [nerve, "serve", ...process.argv.slice(2)], { cwd: root });
