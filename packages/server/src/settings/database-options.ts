import type { InstallationKeys, OpenOptions } from "@nerve/database";
import type { Settings } from "./definitions.ts";

/** Where the keys of a PostgreSQL database lie unless the settings say otherwise: in the data folder, as on SQLite. */
const defaultKeyFile = "data/ghost.key";

type KeyOptions = Pick<OpenOptions, keyof InstallationKeys>;

/** Where the keys come from; on SQLite the database package knows a place beside the file. */
export function keyOptions({ keyFile, encryptionKeys, databaseUrl }: Settings): KeyOptions {
  if (encryptionKeys !== null) return { keys: encryptionKeys };
  if (keyFile !== null) return { keyFile };
  return databaseUrl.startsWith("sqlite:") ? {} : { keyFile: defaultKeyFile };
}

/** How the database is opened, as far as the settings say. */
export function databaseOptions(settings: Settings): OpenOptions {
  return {
    maxConnections: settings.databaseMaxConnections,
    statementTimeoutMs: settings.databaseStatementTimeoutMs,
    pooler: settings.databasePooler,
    readMaxLagMs: settings.databaseReadMaxLagMs,
    rowSecurity: settings.rowSecurity,
    quotas: {
      rowsPerUser: settings.quotaRowsPerUser,
      mibPerUser: settings.quotaMibPerUser,
      rowsPerCompany: settings.quotaRowsPerCompany,
      mibPerCompany: settings.quotaMibPerCompany,
    },
    accountPolicy: {
      keyDays: settings.keyDays,
      longestKeyDays: settings.longestKeyDays,
      keysWithoutEnd: settings.keysWithoutEnd,
      twoFactorRoles: settings.twoFactorRoles,
      twoFactorFrom: settings.twoFactorFrom,
      twoFactorGraceDays: settings.twoFactorGraceDays,
      firstPasswordDays: settings.firstPasswordDays,
      lockoutFailures: settings.lockoutFailures,
      lockoutWindowMinutes: settings.lockoutWindowMinutes,
      firstLockoutMinutes: settings.firstLockoutMinutes,
      longestLockoutMinutes: settings.longestLockoutMinutes,
    },
    surfacePolicy: {
      longestAcceptanceDays: settings.longestAcceptanceDays,
      heldFromFindings: settings.heldFromFindings,
      heldFromPercent: settings.heldFromPercent,
    },
    ...(settings.databaseReadUrl === null ? {} : { readUrl: settings.databaseReadUrl }),
    ...(settings.breachedPasswordsFile === null ? {} : { breachedPasswordsFile: settings.breachedPasswordsFile }),
    remains: [settings.backupFolder, settings.uploadsFolder],
    ...keyOptions(settings),
  };
}
