export { changeUserEmail } from "./change-user-email.ts";
export { changeUserRole, type RoleChange } from "./change-user-role.ts";
export { createUser, type NewUser } from "./create-user.ts";
export { deleteUser, restoreUser } from "./delete-user.ts";
export {
  type EmailVerification,
  requestEmailVerification,
  verificationHours,
  verifyEmail,
} from "./email-verification.ts";
export { countUsers, findUserByEmail, getUser, listUsers, type UserQuery } from "./find-users.ts";
export { moveUserToCompany } from "./move-user.ts";
export { mayAssignRole } from "../account/roles.ts";
export { createFirstAdministrator } from "./set-up.ts";
export { type ProfileChanges, updateUser } from "./update-user.ts";
export type { PasswordDemands } from "../account/user-fields.ts";
export { reinstateUser, type SuspendOptions, suspendUser } from "./user-status.ts";
export type { User } from "../account/user.ts";
