import { type DatabaseFiles, filesOf, findNestedPlaces, type InputIssue, ValidationError } from "@nerve/database";
import { databaseOptions } from "./database-options.ts";
import { settingDefinitions, type Settings } from "./definitions.ts";

/**
 * Finds folders and files that lie in each other: a backup of the uploads would hold all backups before it, and a restore
 * would delete them.
 */
export function findPlacesAtOdds(settings: Settings): InputIssue[] {
  const { uploadsFolder, importFolder, backupFolder, auditArchiveFolder, databaseUrl, keyFile } = settingDefinitions;
  const files = filesOfDatabase(settings);
  const named: [string, string | undefined][] = [
    [uploadsFolder.name, settings.uploadsFolder],
    [importFolder.name, settings.importFolder],
    [backupFolder.name, settings.backupFolder],
    [auditArchiveFolder.name, settings.auditArchiveFolder],
    [databaseUrl.name, files.database],
    [keyFile.name, files.keys],
  ];
  return findNestedPlaces(named.flatMap(([name, path]) => (path === undefined ? [] : [{ name, path }])));
}

/** A URL that names none is for whoever opens it to refuse. */
function filesOfDatabase(settings: Settings): DatabaseFiles {
  const options = databaseOptions(settings);
  try {
    return filesOf(settings.databaseUrl, options);
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return filesOf("sqlite::memory:", options);
  }
}
