export { changeUserEmail } from "./change-user-email.ts";
export { addUser } from "./add-user.ts";
export { changeUserRole } from "./change-user-role.ts";
export { createUser, type NewUser } from "./create-user.ts";
export { deleteUser, restoreUser } from "./delete-user.ts";
export {
  type EmailVerification,
  requestEmailVerification,
  verificationHours,
  verifyEmail,
} from "./email-verification.ts";
export { countUsers, findUserByEmail, getUser, listUsers, requireUser } from "./find-users.ts";
export { moveUserToCompany } from "./move-user.ts";
export { mayAssignRole } from "../account/roles.ts";
export { createFirstAdministrator } from "./set-up.ts";
export { makePasswordLink, preparePasswordReset } from "./send-password-reset.ts";
export { resetUserTwoFactor } from "./reset-user-two-factor.ts";
export { setUserPassword } from "./set-user-password.ts";
export { unlockUser } from "./unlock-user.ts";
export { updateUser } from "./update-user.ts";
export type { PasswordDemands } from "../account/user-fields.ts";
export { reinstateUser, suspendUser } from "./user-status.ts";
export type { User } from "../account/user.ts";
