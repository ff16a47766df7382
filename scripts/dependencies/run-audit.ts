// `npm run audit`: asks the registry for known weaknesses of what a release holds. Ends with 1 for one that is not mended in
// time, and with 2 where the registry gives no answer, which is not the same as a good one.
import { spawnSync } from "node:child_process";
import known from "./known-advisories.json" with { type: "json" };
import { judgeAudit } from "./judge-audit.ts";

const { stdout } = spawnSync("npm", ["audit", "--omit=dev", "--audit=true", "--json"], {
  encoding: "utf8",
  maxBuffer: 64 * 1024 * 1024,
});
const verdict = judgeAudit(stdout ?? "", known, new Date());
switch (verdict.kind) {
  case "good": {
    const waiting = verdict.waiting.map((line) => `${line}\n`).join("");
    process.stdout.write(`${waiting}No weakness is known that should have been mended.\n`);
    break;
  }
  case "bad":
    process.stderr.write(`${verdict.faults.join("\n")}\n`);
    process.exitCode = 1;
    break;
  case "unknown":
    process.stderr.write(
      `Not known: the registry's audit endpoint gave no report (${verdict.reason}).\nAsk again, or another registry with npm_config_registry.\n`,
    );
    process.exitCode = 2;
    break;
}
