import { addFindingNote, assignFindings, deleteFindingNote, setSeverity, tagFindings } from "@nerve/database";
import type { RegisterCommands } from "../../../command.ts";
import { tagOptions } from "../tag-options.ts";
import { requireUser } from "../../../find-records.ts";
import { type Given, offer } from "../../../offer.ts";

const byId: Given = { as: "--id <id>", about: "a finding; may be given several times" };
const oneFinding: Given = { as: "<id>", about: "the finding" };

/** Adds the commands that say something of findings, beside the decisions. */
export const addFindingTriage: RegisterCommands = (group, surroundings) => {
  offer(group, surroundings, "assign <user>", assignFindings, {
    given: {
      ids: byId,
      userId: {
        as: "<user>",
        about: "the address of a user who sees the findings, or nobody",
        find: async (db, email) => (email === "nobody" ? null : (await requireUser(db, email)).id),
      },
    },
    say: ({ changed, unchanged }) => `${changed} findings have been assigned; ${unchanged} already were.`,
  });

  offer(group, surroundings, "tag", tagFindings, {
    given: { ids: byId, ...tagOptions },
    say: ({ changed, unchanged }) => `${changed} findings have other tags; ${unchanged} are as they were.`,
  });

  offer(group, surroundings, "severity <id> <severity>", setSeverity, {
    given: {
      id: oneFinding,
      severity: {
        as: "<severity>",
        about: "critical, high, medium, low, info; or reported: as its tool says",
        find: async (_db, severity) => (severity === "reported" ? null : severity),
      },
      reason: { as: "--reason <text>", about: "why; a severity needs one" },
    },
    say: ({ id, severity, risk, dueAt }) =>
      `Finding ${id} is ${severity}, of risk ${risk}${dueAt === null ? "" : `, and due on ${dueAt.toISOString()}`}.`,
  });

  offer(group, surroundings, "note <id> <text>", addFindingNote, {
    given: { id: oneFinding, body: { as: "<text>", about: "what is to be known of it" } },
    say: ({ id, findingId }) => `Note ${id} is on finding ${findingId}.`,
  });

  offer(group, surroundings, "delete-note <id> <note>", deleteFindingNote, {
    given: { id: oneFinding, noteId: { as: "<note>", about: "the note" } },
    say: ({ id }) => `Note ${id} has been deleted.`,
  });
};
