// `npm test`: installs, then checks everything that is checked. What follows `npm test --` goes to Vitest.
import { afterSetUp, runScript } from "./set-up.mjs";

await afterSetUp(async () => {
  for (const step of ["format:check", "lint", "typecheck", "build"]) await check(step);
});
process.exitCode = await runScript("vitest", process.argv.slice(2));

/** @param {string} step */
async function check(step) {
  const start = performance.now();
  const code = await runScript(step);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  if (code === 0) {
    console.log(`${step}: passed in ${seconds} s`);
  } else {
    console.error(`${step}: failed after ${seconds} s; \`npm run ${step}\` runs it alone`);
    process.exit(code);
  }
}
