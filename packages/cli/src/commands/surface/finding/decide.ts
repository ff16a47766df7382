import { type Caller, decideFindings, type Handle, type Operation } from "@nerve/database";
import type { z } from "zod";
import type { RegisterCommands } from "../../../command.ts";
import { offer } from "../../../offer.ts";
import { filterOptions } from "./filter-options.ts";

type Decision = Parameters<typeof decideFindings>[1];
type Filter = NonNullable<Decision["filter"]>;
type Flat = Omit<Decision, "filter"> & Filter;

const { filter, ...decisionFields } = decideFindings.description.fields as Readonly<Record<string, z.ZodType>>;
const filterFields = (filter as z.ZodOptional<z.ZodObject>).unwrap().shape as Readonly<Record<string, z.ZodType>>;

/** The decision, with what findings are narrowed by beside the rest: a command has no fields within fields. */
const decideFlat = Object.assign(
  (db: Handle, flat: Flat, caller?: Caller) => {
    const [narrowed, decision] = [filterFields, decisionFields].map((fields) =>
      Object.fromEntries(Object.entries(flat).filter(([name]) => name in fields)),
    ) as [Filter, Omit<Decision, "filter">];
    const isNarrowed = Object.keys(narrowed).length > 0;
    return decideFindings(db, isNarrowed ? { ...decision, filter: narrowed } : decision, caller);
  },
  { description: { ...decideFindings.description, fields: { ...decisionFields, ...filterFields } } },
) as Operation<Flat, Awaited<ReturnType<typeof decideFindings>>>;

/** Adds the command that decides on findings. */
export const addFindingDecide: RegisterCommands = (group, surroundings) => {
  offer(group, surroundings, "decide", decideFlat, {
    description: "say what becomes of findings, by their ids or by what `finding list` narrows them by",
    given: {
      ...filterOptions,
      ids: { as: "--id <id>", about: "a finding; as often as there are" },
      action: { about: "what is decided" },
      reason: { about: "why" },
      until: { about: "when the acceptance of a risk ends, at most a year from now unless a setting says else" },
      ownerUserId: {
        as: "--owner <email>",
        about: "who answers for an accepted risk",
        find: filterOptions.assignedTo.find,
      },
      expectedCount: { as: "--expect <n>", about: "how many findings the options narrow it to" },
    },
    say: ({ changed, unchanged, refused }) =>
      `${changed} changed, ${unchanged} had been decided so already, ${refused.length} refused.`,
  });
};
