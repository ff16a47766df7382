import type { RegisterCommands } from "../../command.ts";
import { registerAsset } from "./asset/index.ts";
import { registerFinding } from "./finding/index.ts";
import { registerRisk } from "./risk.ts";
import { registerScan } from "./scan.ts";
import { registerSla } from "./sla.ts";

const groups = [registerAsset, registerFinding, registerRisk, registerScan, registerSla];

/** The attack surface: findings, and what they come from. */
export const registerSurface: RegisterCommands = (program, surroundings) => {
  for (const register of groups) register(program, surroundings);
};
