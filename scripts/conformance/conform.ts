import { parseArgs } from "node:util";
import { examineFile } from "./examine-file.ts";
import { ImportsTwice } from "./import-twice.ts";
import { type Oracle, readOracle } from "./oracle.ts";
import { type MakePlaces, templatePlaces } from "./places.ts";
import { runSequence } from "./run-sequence.ts";

export const help = `Reads and imports every report of a folder, follows its sequences, and prints what differs from its oracle.json.

  npm run conformance -- FOLDER [options]

  --engine NAME  what is imported into: sqlite (default) or postgres
  --only TEXT    only files and sequences whose name holds the text
  --json         print JSON
  --help         print this

Ends with 0 where nothing differs, 1 where something does, 3 where it cannot run. NERVE_CONFORMANCE_POSTGRES_URL names a
PostgreSQL server on which databases may be made; otherwise one is started.`;

interface Conforming {
  readonly print: (line: string) => void;
  /** Makes room for databases. */
  readonly makePlaces: MakePlaces;
}

interface Difference {
  readonly path: string;
  readonly difference: string;
}

/** Runs the command: 1 on any difference, 3 when it cannot run. */
export async function conform(words: readonly string[], to: Partial<Conforming> = {}): Promise<number> {
  const { print = console.log, makePlaces = templatePlaces } = to;
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        engine: { type: "string", default: "sqlite" },
        only: { type: "string", default: "" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    const { engine, only, json } = values;
    const [folder] = positionals;
    if (values.help || folder === undefined || (engine !== "sqlite" && engine !== "postgres")) {
      print(help);
      return values.help ? 0 : 3;
    }
    const oracle = chosen(readOracle(folder), only);
    await using places = await makePlaces(engine);
    const found: Difference[] = [];
    for await (const one of compare(folder, oracle, places)) {
      found.push(one);
      if (!json) print(`${one.path}: ${one.difference}`);
    }
    const counts = { files: oracle.files.length, sequences: oracle.sequences.length };
    if (json) print(JSON.stringify({ ...counts, differences: found }));
    else print(`${counts.files} files, ${counts.sequences} sequences, ${found.length} differences`);
    return found.length === 0 ? 0 : 1;
  } catch (error) {
    print(error instanceof Error ? error.message : String(error));
    return 3;
  }
}

function chosen({ files, sequences }: Oracle, only: string): Oracle {
  return {
    files: files.filter(({ path }) => path.includes(only)),
    sequences: sequences.filter(({ name }) => name.includes(only)),
  };
}

async function* compare(
  folder: string,
  { files, sequences }: Oracle,
  places: Awaited<ReturnType<MakePlaces>>,
): AsyncGenerator<Difference> {
  {
    await using imports = await ImportsTwice.begin(folder, places);
    for (const file of files) {
      const differences = [...(await examineFile(folder, file)), ...(await imports.compare(file))];
      yield* differences.map((difference) => ({ path: file.path, difference }));
    }
  }
  for (const sequence of sequences)
    for (const { step, difference } of await runSequence(folder, sequence, places))
      yield { path: `${sequence.name}: step ${step}`, difference };
}
