/** A function of the Python system, and what does its work here. */
export interface PythonName {
  readonly python: string;
  /** Exported names of @nerve/database; none where something else takes its place. */
  readonly typescript: readonly string[];
  /** What is not the same, where the names alone would mislead. */
  readonly note?: string;
}

function same(python: string, typescript: string, note?: string): PythonName {
  return { python, typescript: [typescript], ...(note === undefined ? {} : { note }) };
}

/** Every function of the Python system that has a successor. The only list: docs/API.md is printed from it. */
export const pythonNames: readonly PythonName[] = [
  same("init_db", "openDatabase", "also applies pending migrations; importing does nothing"),
  same("get_db", "Database", "the handle itself; `close()` ends it"),
  same("SessionLocal", "Database", "the handle itself; `close()` ends it"),
  same("safe_db_session", "transaction"),
  same("atomic_operation", "atomic"),
  { python: "handle_db_error", typescript: [], note: "nothing to call: every error is one of the family below" },
  same("DatabaseError", "DatabaseError"),
  same("ValidationError", "ValidationError"),
  same("DatabaseConnectionError", "DatabaseConnectionError"),
  same("TransactionError", "TransactionError"),
  same("log_db_operation", "logAudit"),

  same("hash_password", "hashPassword", "Argon2id in place of PBKDF2"),
  same("verify_password", "verifyPassword"),
  same("generate_secure_token", "generateSecureToken"),

  same("create_session", "createSession"),
  same("validate_session", "validateSession"),
  same("revoke_session", "revokeSession"),
  same("revoke_all_user_sessions", "revokeAllUserSessions"),
  same("cleanup_expired_sessions", "cleanupExpiredSessions"),

  same("create_api_key", "createApiKey"),
  same("validate_api_key", "validateApiKey"),
  same("revoke_api_key", "revokeApiKey"),
  same("list_user_api_keys", "listUserApiKeys"),

  same("log_login_attempt", "logLoginAttempt"),
  same("detect_brute_force", "detectBruteForce"),
  same("lock_user_account", "lockUserAccount"),
  same("check_account_lock", "checkAccountLock", "changes nothing"),
  same("increment_failed_login_count", "incrementFailedLoginCount"),
  same("reset_failed_login_count", "resetFailedLoginCount"),
  same("get_failed_logins_by_ip", "getFailedLoginsByIp"),
  same("log_security_event", "logSecurityEvent"),
  same("get_security_events", "getSecurityEvents"),

  same("save_xasm_scan", "saveXasmScan"),
  same("save_lightbox_scan", "saveLightboxScan"),
  same("get_xasm_scan_history", "getXasmScanHistory"),
  same("get_lightbox_scan_history", "getLightboxScanHistory"),
  same("get_xasm_scan_by_id", "getXasmScanById"),
  same("get_lightbox_scan_by_id", "getLightboxScanById"),
  same("delete_xasm_scan", "deleteXasmScan", "soft"),
  same("delete_lightbox_scan_history", "deleteLightboxScan", "soft"),
  same("cleanup_old_scan_history", "cleanupOldScanHistory"),
  same("save_xasm_for_ai", "saveXasmForAi"),
  same("save_lightbox_for_ai", "saveLightboxForAi"),
  same("load_xasm_for_ai", "loadXasmForAi"),
  same("load_lightbox_for_ai", "loadLightboxForAi"),
  same("get_companies_with_scans", "getCompaniesWithScans"),
  same("cleanup_expired_ai_scans", "cleanupExpiredAiScans"),

  same("check_database_connection", "checkDatabaseConnection"),
  same("check_table_integrity", "checkTableIntegrity"),
  same("check_foreign_key_constraints", "checkForeignKeyConstraints"),
  same("get_database_stats", "getDatabaseStats"),
  same("run_health_check", "runHealthCheck"),
  same("optimize_database", "optimizeDatabase"),
  same("log_query_performance", "logQueryPerformance"),
  same("get_performance_stats", "getPerformanceStats"),
  same("get_slow_queries", "getSlowQueries"),
  same("clear_performance_log", "clearPerformanceLog"),
  same("create_backup", "createBackup"),
  same("restore_backup", "restoreBackup"),
  same("get_backup_info", "getBackupInfo"),
  same("list_backups", "listBackups"),

  same("get_schema_version", "getSchemaVersion"),
  { python: "set_schema_version", typescript: [], note: "nobody sets it by hand" },
  same("get_applied_migrations", "getAppliedMigrations"),
  same("apply_migration", "applyMigration"),
  same("rollback_migration", "rollbackMigration"),
  same("export_schema", "exportSchema"),

  same("validate_email", "validateEmail"),
  same("validate_domain", "validateDomain"),
  same("validate_ip_address", "validateIpAddress"),
  same("sanitize_input", "sanitizeInput"),
  same("validate_record", "validateRecord"),

  same("batch_insert", "batchInsert"),
  same("safe_update", "safeUpdate"),
];
