import type { Notice } from "@nerve/database";

/** What a mail tells of what happened to an account. */
interface NoticeText {
  readonly subject: string;
  /** What happened, in a sentence or two. */
  readonly happened: string;
  /** What to do for whoever did not want that. */
  readonly advice: string;
}

/** Every notice there is, with its words. The only list. */
export const noticeTexts: Readonly<Record<Notice, NoticeText>> = {
  email_change_requested: {
    subject: "A new e-mail address for your NERVE account was asked for",
    happened:
      "Another e-mail address was asked for, for this NERVE account. It takes effect once the link is opened that was mailed to the new address; until then everything stays as it is.",
    advice: "If you do not want that, tell your administrator before it takes effect, and change your password.",
  },
  email_changed: {
    subject: "The e-mail address of your NERVE account was changed",
    happened:
      "This NERVE account has another e-mail address now: mails go to the new one, and one signs in with it. Every session has ended.",
    advice: "If you do not want that, tell your administrator at once.",
  },
};
