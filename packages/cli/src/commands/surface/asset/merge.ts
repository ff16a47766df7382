import { mergeAssets } from "@nerve/database";
import type { RegisterCommands } from "../../../command.ts";
import { offer } from "../../../offer.ts";

/** Adds `nerve asset merge`. */
export const addAssetMerge: RegisterCommands = (group, surroundings) => {
  offer(group, surroundings, "merge <id>", mergeAssets, {
    description: "make one asset of two that are the same; reports that name either speak of the one that stays",
    given: { fromId: { as: "--from <id>", about: "the asset that becomes part of it" } },
    say: ({ id, moved, doubles, services }) =>
      `Asset ${id} stays: ${moved} findings have come to it, ${doubles} were double, ${services} services came along.`,
  });
};
