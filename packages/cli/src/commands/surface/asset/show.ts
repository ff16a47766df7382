import { getAsset } from "@nerve/database";
import type { RegisterCommands } from "../../../command.ts";
import { offer } from "../../../offer.ts";

/** Adds `nerve asset show`. */
export const addAssetShow: RegisterCommands = (group, surroundings) => {
  offer(group, surroundings, "show <id>", getAsset, {
    description: "show an asset; with --json its names, services, scans, checks and tags",
    say: ({ id, kind, name, status, criticality, openFindings, worstSeverity, tags, counts }) =>
      [
        `Asset ${id}, ${kind} ${name}, is ${status}, of criticality ${criticality}.`,
        worstSeverity === null ? "Nothing is open." : `Open findings: ${openFindings}, the worst ${worstSeverity}.`,
        `Names ${counts.names}, services ${counts.services}, scans ${counts.coverage}, checks ${counts.checks}.`,
        ...(tags.length === 0 ? [] : [`Tags: ${tags.join(", ")}.`]),
      ].join(" "),
  });
};
