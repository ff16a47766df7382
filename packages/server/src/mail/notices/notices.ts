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
  new_device: {
    subject: "A sign-in to your NERVE account on a new device",
    happened: "Somebody signed in to this NERVE account on a device that is not known, from a network that is new.",
    advice: "If it was not you, change your password at once, end the sessions, and tell your administrator.",
  },
  password_changed: {
    subject: "Your NERVE password was changed",
    happened: "The password of this NERVE account was changed, and its other sessions were ended.",
    advice: "If you do not want that, ask for a new password at once and tell your administrator.",
  },
  password_link_shown: {
    subject: "A link to set your NERVE password was made",
    happened:
      "An administrator made a link with which a new password can be set for this NERVE account, to hand it to you.",
    advice: "If you did not ask for it, tell whoever runs this NERVE at once.",
  },
  "2fa_enabled": {
    subject: "Two-factor sign-in is on for your NERVE account",
    happened: "Signing in to this NERVE account takes a code of an authenticator app from now on.",
    advice: "If you do not want that, tell your administrator at once: you could be locked out.",
  },
  "2fa_disabled": {
    subject: "Two-factor sign-in is off for your NERVE account",
    happened:
      "Signing in to this NERVE account takes the password alone from now on, and its other sessions were ended.",
    advice:
      "If you do not want that, change your password, set the second factor up again, and tell your administrator.",
  },
  "2fa_demanded": {
    subject: "Your NERVE account has to have a second factor",
    happened:
      "A second factor is demanded of this NERVE account: a code of an authenticator app, beside the password. Signing in tells until when. After that the account is good for setting it up and nothing else, and its API keys open nothing.",
    advice:
      "If you sign in with the password alone, set a second factor up before that day. Nobody needs your codes, or the secret of the app, but you.",
  },
  backup_codes_replaced: {
    subject: "The backup codes of your NERVE account were replaced",
    happened: "This NERVE account has new backup codes for signing in; the old ones no longer work.",
    advice: "If it was not you, change your password at once, have new codes made, and tell your administrator.",
  },
  api_key_created: {
    subject: "An API key was made for your NERVE account",
    happened: "A program can act for this NERVE account with a new API key.",
    advice: "If it was not you, revoke the key, change your password, and tell your administrator.",
  },
  api_key_changed: {
    subject: "An API key of your NERVE account was changed",
    happened: "The networks from which a program may use an API key of this NERVE account were changed.",
    advice: "If it was not you, revoke the key, change your password, and tell your administrator.",
  },
  api_key_rotated: {
    subject: "An API key of your NERVE account was rotated",
    happened:
      "A new API key takes the place of another of this NERVE account, with the same permissions. The old one goes on for a while, and then ends.",
    advice: "If it was not you, revoke both keys, change your password, and tell your administrator.",
  },
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
