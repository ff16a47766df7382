export {
  databaseOptions,
  documentSettings,
  parseSettings,
  settingDefinitions,
  type SettingDefinition,
  type Settings,
} from "./settings/index.ts";
