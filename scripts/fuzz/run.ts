// `npm run fuzz`: damages the samples of reports, and reads them.
import { fuzz } from "./fuzz.ts";

process.exitCode = await fuzz(process.argv.slice(2));
