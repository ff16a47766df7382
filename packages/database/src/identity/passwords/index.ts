export { changePassword, type PasswordChange } from "./change-password.ts";
export {
  type PasswordReset,
  requestPasswordReset,
  resetPassword,
  type ResetOutcome,
  type ResetRequest,
} from "./reset-password.ts";
export type { ResetToken } from "./reset-links.ts";
