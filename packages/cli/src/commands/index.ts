import type { RegisterCommands } from "../command.ts";
import { registerInit } from "./init.ts";
import { registerMigrate } from "./migrate.ts";
import { registerSchema } from "./schema.ts";
import { registerEvents } from "./events.ts";

/** Every group of commands, in the order of the help. */
export const commandGroups: readonly RegisterCommands[] = [registerInit, registerMigrate, registerSchema, registerEvents];
