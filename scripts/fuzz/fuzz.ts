import { parseArgs } from "node:util";
import { damaged, millisecondsOf, outcomeOf } from "../../packages/formats/test/support/damage.ts";
import { type Sample, samples } from "../../packages/formats/test/support/samples.ts";

export const help = `Damages each sample of a report again and again, and tells what is neither read nor refused with a reason.

  npm run fuzz -- [options] [COUNT]

  COUNT        damages of each sample (default: 1000)
  --only TEXT  only samples whose file holds the text
  --from N     the number of the first damage, to see one again (default: 0)
  --help       print this`;

const longestMs = 5000;

interface Fuzzing {
  readonly print: (line: string) => void;
  /** Reads what was damaged. */
  readonly read: typeof outcomeOf;
}

/** Runs the command: 1 where something was wrong, 3 where the words are. */
export async function fuzz(words: readonly string[], to: Partial<Fuzzing> = {}): Promise<number> {
  const { print = console.log, read = outcomeOf } = to;
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      only: { type: "string", default: "" },
      from: { type: "string", default: "0" },
      help: { type: "boolean", default: false },
    },
  });
  const [count, from] = [Number(positionals[0] ?? 1000), Number(values.from)];
  const chosen = samples.filter(({ file }) => file.includes(values.only));
  const isRight = count >= 1 && from >= 0 && Number.isSafeInteger(count + from) && chosen.length > 0;
  if (values.help || !isRight) {
    print(help);
    return values.help ? 0 : 3;
  }
  let faults = 0;
  for (const sample of chosen) faults += await fuzzSample(sample, { from, to: from + count }, { print, read });
  print(`${faults} faults`);
  return faults === 0 ? 0 : 1;
}

/** Damages one sample; answers with the number of faults. */
async function fuzzSample(
  { file, format, text }: Sample,
  numbers: { from: number; to: number },
  { print, read }: Fuzzing,
): Promise<number> {
  const whole = Buffer.from(text);
  const outcomes: Record<string, number> = {};
  let faults = 0;
  for (let number = numbers.from; number < numbers.to; number += 1) {
    // Of the processor's time, since a busy machine takes any time for anything.
    const begun = process.cpuUsage();
    const ended = await read(damaged(whole, `${file} ${number}`), format).catch((error: unknown) => faultOf(error));
    const took = millisecondsOf(process.cpuUsage(begun));
    const fault = typeof ended === "object" ? ended.fault : took > longestMs ? `took ${took} ms` : "";
    const outcome = typeof ended === "string" ? ended : "fault";
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (fault === "") continue;
    faults += 1;
    print(`${file}: damage ${number}: ${fault}`);
  }
  print(`${file}: ${JSON.stringify(outcomes)}`);
  return faults;
}

function faultOf(error: unknown): { fault: string } {
  const { stack = "", cause } = error instanceof Error ? error : new Error(String(error));
  return { fault: cause instanceof Error ? `${stack}\n${cause.stack}` : stack };
}
