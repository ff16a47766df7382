export {
  backupReadOptions,
  backupWriteOptions,
  restoreOptions,
  signatureOptions,
  updateOptions,
} from "./backup-options.ts";
export { databaseOptions } from "./database-options.ts";
export { settingDefinitions, type Settings } from "./definitions.ts";
export { documentSettings } from "./document-settings.ts";
export { warningOfForeign } from "./foreign-variables.ts";
export { isLoopbackHost, isNameOfThisMachine } from "./hosts-and-names.ts";
export { linkTo, publicUrlOf } from "./links.ts";
export type { MailServer } from "./mail-server.ts";
export type { SettingDefinition } from "./setting.ts";
export { parseSettings } from "./parse-settings.ts";
