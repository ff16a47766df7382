export { changeOwnEmail, changeUserEmail, setUserEmail } from "./change-user-email.ts";
export {
  type EmailVerification,
  requestEmailVerification,
  verificationHours,
  verifyEmail,
} from "./email-verification.ts";
