import { type KeyRotation, rotateKeys, type RotationProgress } from "@nerve/database";
import { commandLine } from "../actor.ts";
import { addCommand, addGroup, type RegisterCommands } from "../command.ts";
import { useDatabase } from "../database.ts";
import { exitCodes } from "../failure.ts";
import { createStepReport } from "../progress.ts";

export const registerKeys: RegisterCommands = (program, surroundings) => {
  const group = addGroup(program, "keys", "look after the keys that secrets at rest are encrypted with");
  addCommand(group, surroundings, {
    usage: "rotate",
    description: "encrypt everything again under the first key of the key file; goes on where it was interrupted",
    run: (call) =>
      useDatabase(call, async (db) => {
        const report = createStepReport(call.context);
        const onProgress = ({ table, column, values, rewritten }: RotationProgress) =>
          report(`${table}.${column}: ${values} values, ${rewritten} encrypted again`);
        const done = await rotateKeys(db, { actor: commandLine, onProgress });
        const exitCode = done.unreadable === 0 ? exitCodes.done : exitCodes.no;
        return { json: done, text: describe(done).join("\n"), exitCode };
      }),
  });
};

function describe({ currentKey, values, rewritten, unreadable, freeKeys, neededKeys }: KeyRotation): string[] {
  const lines = [`${rewritten} of ${values} values were encrypted again with the key ${currentKey}.`];
  if (unreadable > 0) {
    lines.push(`${unreadable} values cannot be read with the keys at hand, and stay as they are: \`nerve health\`.`);
  }
  if (neededKeys.length > 0) lines.push(`Still needed, also in the key file: ${neededKeys.join(", ")}.`);
  if (freeKeys.length > 0) {
    lines.push(
      `The database needs these keys no more: ${freeKeys.join(", ")}. Keep them with the backups from before, and take them out of the key file when the last of those is gone.`,
    );
  }
  return lines;
}
