import { parseArgs } from "node:util";
import { examineFile } from "./examine-file.ts";
import { readOracle } from "./oracle.ts";

/** Reads every report of a folder and prints what differs from its `oracle.json`; 1 on any difference, 3 when it cannot run. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { only: { type: "string", default: "" }, json: { type: "boolean", default: false } },
  });
  const [folder] = positionals;
  if (folder === undefined) throw new Error("Usage: npm run conformance -- FOLDER [--only TEXT] [--json]");
  const files = readOracle(folder).files.filter(({ path }) => path.includes(values.only));
  const found: { path: string; difference: string }[] = [];
  for (const file of files)
    for (const difference of await examineFile(folder, file)) {
      found.push({ path: file.path, difference });
      if (!values.json) console.log(`${file.path}: ${difference}`);
    }
  if (values.json) console.log(JSON.stringify({ files: files.length, differences: found }));
  else console.log(`${files.length} files, ${found.length} differences`);
  return found.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 3;
}
