import { addGroup, type RegisterCommands } from "../../command.ts";
import { addUserAccess } from "./access.ts";
import { addUserCreate } from "./create.ts";
import { addUserRecovery } from "./recovery.ts";
import { addUserList } from "./list.ts";

export const registerUser: RegisterCommands = (program, surroundings) => {
  const group = addGroup(program, "user", "people's accounts");
  addUserCreate(group, surroundings);
  addUserList(group, surroundings);
  addUserAccess(group, surroundings);
  addUserRecovery(group, surroundings);
};
