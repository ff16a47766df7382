import { formatBytes, optimizeDatabase, type OptimizeResult } from "@nerve/database";
import { addCommand, type RegisterCommands } from "../command.ts";
import { useDatabase } from "../database.ts";
import { formatTable } from "../table.ts";

interface OptimizeOptions {
  readonly reindex?: true;
}

export const registerOptimize: RegisterCommands = (program, surroundings) => {
  addCommand<OptimizeOptions>(program, surroundings, {
    usage: "optimize",
    description: "give the room of deleted rows back, and bring the planner's figures up to date",
    options: (command) => command.option("--reindex", "write every index anew, too"),
    run: (call) =>
      useDatabase(call, async (db) => {
        const done = await optimizeDatabase(db, { reindex: call.options.reindex ?? false });
        const rows = done.steps.map(({ step, durationMs }) => [step, durationMs]);
        const size = describeSizes(done);
        return { json: done, text: `${formatTable(["STEP", "MS"], rows)}\n\n${size}` };
      }),
  });
};

function describeSizes({ sizeBeforeBytes, sizeAfterBytes, walAfterBytes }: OptimizeResult): string {
  const sizes = `${formatBytes(sizeBeforeBytes)} before, ${formatBytes(sizeAfterBytes)} after.`;
  if (sizeAfterBytes <= sizeBeforeBytes || walAfterBytes === null || walAfterBytes === 0) return sizes;
  return (
    `${sizes} ${formatBytes(walAfterBytes)} of it are the write-ahead log, which cannot shrink while something reads the database. ` +
    "End that (`fuser -v` with the database file names the processes), and optimize again."
  );
}
