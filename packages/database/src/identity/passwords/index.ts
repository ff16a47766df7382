export { changePassword, type PasswordChange } from "./change-password.ts";
export {
  type PasswordReset,
  requestPasswordReset,
  resetPassword,
  type ResetRequest,
  type ResetToken,
} from "./reset-password.ts";
