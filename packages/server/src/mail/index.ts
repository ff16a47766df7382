export { createMailer, type Mail, type Mailer } from "./mailer.ts";
export { emailVerificationMail, linkTo, passwordChangedMail, passwordResetMail } from "./templates.ts";
