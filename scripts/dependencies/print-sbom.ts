// `npm run sbom`: prints the bill of materials of a release, made from package-lock.json.
import { readFileSync } from "node:fs";
import { type Lockfile, makeSbom } from "./make-sbom.ts";

const lockfile = JSON.parse(readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8")) as Lockfile;
process.stdout.write(`${JSON.stringify(makeSbom(lockfile), null, 2)}\n`);
