import { addGroup, type RegisterCommands } from "../../../command.ts";
import { addAssetList } from "./list.ts";
import { addAssetMerge } from "./merge.ts";
import { addAssetShow } from "./show.ts";
import { addAssetTag } from "./tag.ts";
import { addAssetUpdate } from "./update.ts";

export const registerAsset: RegisterCommands = (program, surroundings) => {
  const group = addGroup(program, "asset", "what can be attacked");
  for (const add of [addAssetList, addAssetShow, addAssetUpdate, addAssetTag, addAssetMerge]) add(group, surroundings);
};
