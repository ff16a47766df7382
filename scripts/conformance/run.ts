// `npm run conformance`: compares what is made of a folder of reports with its oracle.
import { conform } from "./conform.ts";

process.exitCode = await conform(process.argv.slice(2));
