import { addCommand, addGroup, type RegisterCommands } from "../command.ts";
import { formatTable } from "../table.ts";

export const registerLogs: RegisterCommands = (program, surroundings) => {
  const group = addGroup(program, "logs", "what is logged, where, and for how long");
  addCommand(group, surroundings, {
    usage: "inventory",
    description: "list every log with its events, place, readers and retention",
    async run() {
      const { logInventory } = await import("@nerve/server");
      const rows = logInventory.map(({ name, place, readers, retention, events }) => [
        name,
        place,
        readers,
        retention,
        events,
      ]);
      const text = formatTable(["LOG", "PLACE", "READERS", "KEPT", "EVENTS"], rows);
      return { json: { logs: logInventory }, text };
    },
  });
};
