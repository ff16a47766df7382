#!/usr/bin/env node
// Plain JavaScript on purpose: an old Node must be able to parse it in order to say what is wrong.
const [major] = process.versions.node.split(".");
if (Number(major) < 24) {
  console.error(`nerve needs Node 24 or newer, this is ${process.version}. Run \`npm start\` once: it brings its own.`);
  process.exit(3);
}
if (process.argv.includes("serve")) {
  // A server rests most of the time: what start-up needs for a moment it does not keep (at rest 151 MiB without, 131 with).
  const { setFlagsFromString } = await import("node:v8");
  setFlagsFromString("--semi-space-growth-factor=1");
}
// Rows that pass through need little room: a copy of 5 million takes 220 MiB at most so, and 320 otherwise.
const bounded = "--max-semi-space-size=16";
const movesRows = process.argv[2] === "copy" || process.argv[2] === "import";
if (movesRows && process.platform !== "win32" && !process.execArgv.includes(bounded)) {
  process.execve(
    process.execPath,
    [process.execPath, bounded, ...process.execArgv, ...process.argv.slice(1)],
    process.env,
  );
}
await import("../dist/main.js");
