export { createMailer, type Mail, type Mailer } from "./mailer.ts";
export { emailVerificationMail, passwordChangedMail, passwordResetMail } from "./templates.ts";
