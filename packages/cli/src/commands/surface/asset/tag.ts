import { tagAssets } from "@nerve/database";
import type { RegisterCommands } from "../../../command.ts";
import { offer } from "../../../offer.ts";
import { tagOptions } from "../tag-options.ts";

/** Adds `nerve asset tag`. */
export const addAssetTag: RegisterCommands = (group, surroundings) => {
  offer(group, surroundings, "tag", tagAssets, {
    given: { ids: { as: "--id <id>", about: "the asset; may be given several times" }, ...tagOptions },
    say: ({ changed, unchanged }) => `${changed} assets have other tags; ${unchanged} are as they were.`,
  });
};
