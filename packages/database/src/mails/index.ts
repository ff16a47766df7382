export { dropExpiredMails, endMail, giveUpMail, postponeMail } from "./end-mail.ts";
export { getMailState, type MailState } from "./mail-state.ts";
export { type Notice, notices } from "./notify.ts";
export { type MailToQueue, queueMail } from "./queue-mail.ts";
export { type QueuedMail, takeDueMail } from "./take-due-mail.ts";
