export { createMailer, type Mail, type Mailer } from "./mailer.ts";
export { scheduleMails } from "./schedule.ts";
export { createMailTransport, type Transport } from "./transport.ts";
