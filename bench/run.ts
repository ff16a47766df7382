import { type BenchOptions, help, readOptions, UsageError } from "./options.ts";

function optionsOrExit(): BenchOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message} \`npm run bench -- --help\` tells what there is.`);
    process.exit(2);
  }
}

const options = optionsOrExit();
if (options.help) console.log(help);
else {
  // What is measured takes seconds to load.
  const { measureAll } = await import("./measure.ts");
  await measureAll(options);
}
