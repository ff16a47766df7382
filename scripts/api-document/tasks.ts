/** What somebody wants to do, and the functions that do it. */
export interface Task {
  readonly title: string;
  readonly functions: readonly string[];
}

function task(title: string, functions: string): Task {
  return { title, functions: functions.trim().split(/\s+/) };
}

/** The index of docs/API.md: every function stands under one task. */
export const tasks: readonly Task[] = [
  task(
    "Open a database",
    "openDatabase filesOf findNestedPlaces isAhead ageOf transaction atomic forLaggingReads readApart withDocumentsAsText",
  ),
  task("Say who calls, and what they may do", "systemCallerFor findScope findReaches describeRoles mayAssignRole"),
  task(
    "Make a company",
    "createCompany updateCompany requireCompany getCompany findCompanyByDomain listCompanies deleteCompany restoreCompany",
  ),
  task("Demand a second factor of a company's users", "demandTwoFactor waiveTwoFactor"),
  task("Make an account", "createFirstAdministrator addUser createUser requestEmailVerification verifyEmail"),
  task("Find an account", "requireUser getUser findUserByEmail listUsers getUserNames countUsers"),
  task(
    "Change an account",
    `updateUser changeUserEmail changeOwnEmail setUserEmail changeUserRole moveUserToCompany suspendUser reinstateUser unlockUser deleteUser
     restoreUser`,
  ),
  task("See and change one's own account", "getOwnAccount updateOwnProfile"),
  task("Sign somebody in", "signIn completeSecondFactor completePasswordChange"),
  task(
    "Set a password",
    `changePassword requestPasswordReset preparePasswordReset makePasswordLink setUserPassword resetPassword
     checkPasswordPolicy openBreachedPasswordList`,
  ),
  task(
    "Use a second factor",
    "enrolTwoFactor confirmTwoFactor disableTwoFactor resetUserTwoFactor regenerateBackupCodes verifySecondFactor",
  ),
  task(
    "Keep a session",
    `createSession validateSession refreshSession listSessions listUserSessions endSession endOtherSessions endAllSessions revokeSession
     revokeAllUserSessions cleanupExpiredSessions`,
  ),
  task(
    "Use API keys",
    `createOwnApiKey listOwnApiKeys updateOwnApiKey rotateOwnApiKey revokeOwnApiKey listApiKeysOfUser revokeApiKeyOfUser createApiKey validateApiKey
     rotateApiKey setKeyNetworks checkApiKey recordRefusedKeyUse listUserApiKeys revokeApiKey revokeAllUserApiKeys cleanupExpiredApiKeys`,
  ),
  task(
    "Keep attackers out",
    `logLoginAttempt detectBruteForce lockUserAccount unlockUserAccount checkAccountLock incrementFailedLoginCount
     resetFailedLoginCount getFailedLoginsByIp countHits cleanupRateLimits`,
  ),
  task(
    "See what happened",
    `getAuditLogs logAudit getSecurityEvents logSecurityEvent amendSecurityEvent continueSecurityEvent acknowledgeSecurityEvent
     getLoginAttempts`,
  ),
  task("Send mails", "withNotices queueMail takeDueMail endMail postponeMail giveUpMail dropExpiredMails getMailState"),
  task(
    "Import the reports of scanners",
    `listReportFormats reportFile inspectReport getSurfaceState importReport noteFailedImport confirmClosures undoImport resumeImports companyInQuestion
     spoolReport removeLeftOverReports`,
  ),
  task("See and keep assets", "listAssets getAsset updateAsset tagAssets mergeAssets"),
  task("See what was imported", "listImports getImport getImportChanges"),
  task("Know what is exploited", "importEpss importKev"),
  task(
    "See findings",
    `listFindings exportFindings countFindings topAssets topRules getFinding getFindingHistory getFindingLocations
     getFindingNotes getFindingEvidence getRelatedFindings explainIdentity`,
  ),
  task("Lay down how long findings may stay open", "getSlaPolicy setSlaPolicy"),
  task(
    "Assign, rate, tag and annotate findings",
    "assignFindings setSeverity tagFindings addFindingNote deleteFindingNote",
  ),
  task("Decide on findings", "decideFindings"),
  task(
    "Keep accepted risks in view",
    "listRiskAcceptances replaceRiskAcceptance revokeRiskAcceptance expireRiskAcceptances",
  ),
  task(
    "Keep scans",
    `saveXasmScan saveLightboxScan getXasmScanById getLightboxScanById getXasmScanHistory getLightboxScanHistory
     deleteXasmScan deleteLightboxScan cleanupOldScanHistory getUserUsage`,
  ),
  task(
    "Give scans to an AI",
    "saveXasmForAi saveLightboxForAi loadXasmForAi loadLightboxForAi getCompaniesWithScans cleanupExpiredAiScans",
  ),
  task("Write other records", "batchInsert safeUpdate softDelete restore"),
  task("Tell people of sizes and files", "formatBytes translateFileError"),
  task("Describe answers", "rowOf pageOf jsonDocument"),
  task(
    "Look at input",
    "validateEmail normalizeEmail networkOf networkList toCanonicalNetwork validateDomain validateIpAddress validateRecord sanitizeInput",
  ),
  task(
    "Keep secrets",
    `hashPassword verifyPassword verifyAgainstNobody hashKindOf needsRehash createKeyRing loadOrCreateKeyFile parseMasterKeys
     generateSecureToken isTokenShaped digestToken generateApiKey isApiKey apiKeyPrefix generateTotpSecret totpUri
     verifyTotp generateBackupCodes protectBackupCode matchBackupCode`,
  ),
  task(
    "Change the schema",
    `migrate getMigrationStatus getAppliedMigrations getSchemaVersion applyMigration rollbackMigration writeTable
     exportSchema`,
  ),
  task(
    "Keep it alive",
    `checkDatabaseConnection runHealthCheck checkTableIntegrity checkForeignKeyConstraints checkSecrets findTimesAhead getDatabaseStats
     countOlderHashes optimizeDatabase rotateKeys logQueryPerformance getPerformanceStats getSlowQueries clearPerformanceLog`,
  ),
  task(
    "Let it tidy up",
    `runDueMaintenance runMaintenance getMaintenanceStatus purgeSoftDeleted rotateAuditLogs archiveInFolder
     verifyAuditArchive cleanupExpiredUploads cleanupSecurityLog cleanupExpiredProofs`,
  ),
  task(
    "Back it up, and bring it back",
    `updateSchema createBackup verifyBackup listBackups findIncompleteBackups getBackupInfo findBackupBefore pruneBackups
     previewRestore restoreBackup`,
  ),
  task("Move it", "copyDatabase importLegacy openRejectsFile"),
];
