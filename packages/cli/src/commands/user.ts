import { addGroup, type RegisterCommands } from "../command.ts";
import { addUserAccess } from "./user-access.ts";
import { addUserCreate } from "./user-create.ts";
import { addUserRecovery } from "./user-recovery.ts";
import { addUserList } from "./user-list.ts";

export const registerUser: RegisterCommands = (program, surroundings) => {
  const group = addGroup(program, "user", "people's accounts");
  addUserCreate(group, surroundings);
  addUserList(group, surroundings);
  addUserAccess(group, surroundings);
  addUserRecovery(group, surroundings);
};
