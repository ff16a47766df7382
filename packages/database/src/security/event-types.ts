export { severities, type Severity } from "../schema/event-rules.ts";

/** The events that NERVE itself logs, with what each means. Others may log types of their own beside them. */
export const securityEventTypes = {
  login_success: "Somebody signed in.",
  login_failed: "Somebody failed to sign in.",
  brute_force_detected: "Many failed sign-ins for one e-mail address or from one IP address.",
  account_locked: "An account was locked for a time.",
  account_unlocked: "A lock was lifted before its time.",
  session_revoked: "A session was ended before its time.",
  all_sessions_ended: "An administrator ended everybody's sessions, or those of a company.",
  suspicious_activity: "A token was used that had been replaced, or another sign of theft.",
  password_changed: "A password was changed.",
  email_changed: "The e-mail address of an account was changed.",
  password_reset_requested: "A link to reset a password was asked for.",
  "2fa_enabled": "Two-factor sign-in was switched on.",
  "2fa_disabled": "Two-factor sign-in was switched off.",
  api_key_created: "An API key was made.",
  api_key_changed: "The networks that an API key may be used from were changed.",
  api_key_revoked: "An API key was revoked.",
  maintenance_failed: "A job of the upkeep failed, such as a backup.",
  database_unhealthy: "A check of the database found damage, or that it cannot be written.",
  database_restored: "The database was replaced by a backup.",
  mail_failed: "A mail was given up: the mail server refused it, or could not be reached until it was of no use.",
  misconfigured: "A server found that it, or the proxy before it, is set up wrongly.",
  permission_denied: "Somebody asked for what they may not do, or not without a fresh sign-in.",
  credential_refused: "A session, key, link or code was missing, unknown, or no longer good.",
  key_address_refused: "A good API key was used from an address that is in none of its networks.",
  unknown_requested: "Somebody asked for what is not there, or out of their reach.",
  cross_site_refused: "A browser sent a change on behalf of another site.",
  limit_reached: "Somebody sent more, or more often, than the limits allow.",
  input_refused: "Somebody sent what is not valid, or what a rule forbids.",
} as const;
export type SecurityEventType = keyof typeof securityEventTypes;
