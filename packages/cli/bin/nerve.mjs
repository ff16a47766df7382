#!/usr/bin/env node
// Plain JavaScript on purpose: an old Node must be able to parse it in order to say what is wrong.
const [major] = process.versions.node.split(".");
if (Number(major) < 24) {
  console.error(`nerve needs Node 24 or newer, this is ${process.version}. Run \`npm start\` once: it brings its own.`);
  process.exit(3);
}
await import("../dist/main.js");
