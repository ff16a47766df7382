import { addGroup, type RegisterCommands } from "../../../command.ts";
import { addFindingExport } from "../export.ts";
import { addFindingCounts } from "./counts.ts";
import { addFindingDecide } from "./decide.ts";
import { addFindingList } from "./list.ts";
import { addFindingShow } from "./show.ts";
import { addFindingTriage } from "./triage.ts";

const commands = [
  addFindingList,
  addFindingShow,
  addFindingCounts,
  addFindingDecide,
  addFindingExport,
  addFindingTriage,
];

export const registerFinding: RegisterCommands = (program, surroundings) => {
  const group = addGroup(program, "finding", "what scanners found");
  for (const add of commands) add(group, surroundings);
};
