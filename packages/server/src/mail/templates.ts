import { linkTo } from "../settings/index.ts";
import type { Mail } from "./mailer.ts";

interface LinkMail {
  readonly to: string;
  /** The address that people reach NERVE under. */
  readonly publicUrl: string;
  readonly token: string;
  readonly expiresAt: Date;
}

/** The mail with the link to set a new password. */
export function passwordResetMail({ to, publicUrl, token, expiresAt }: LinkMail): Mail {
  return {
    to,
    subject: "Set a new password for NERVE",
    text: [
      "Somebody, probably you, asked for a new password for this NERVE account.",
      `To set one, open this link before ${describeTime(expiresAt)}:`,
      linkTo(publicUrl, "/reset-password", token),
      "If it was not you, do nothing: the password stays as it is.",
      "",
    ].join("\n\n"),
  };
}

/** The mail with the link that confirms an address. */
export function emailVerificationMail({ to, publicUrl, token, expiresAt }: LinkMail): Mail {
  return {
    to,
    subject: "Confirm your e-mail address for NERVE",
    text: [
      "There is a NERVE account with this e-mail address.",
      `To confirm that the address is yours, open this link before ${describeTime(expiresAt)}:`,
      linkTo(publicUrl, "/verify-email", token),
      "If you know nothing of it, do nothing.",
      "",
    ].join("\n\n"),
  };
}

/** The mail that tells of a changed password. */
export function passwordChangedMail({ to }: { to: string }): Mail {
  return {
    to,
    subject: "Your NERVE password was changed",
    text: [
      "The password of this NERVE account has just been changed, and its other sessions were ended.",
      "If it was not you, ask for a new password at once and tell your administrator.",
      "",
    ].join("\n\n"),
  };
}

function describeTime(moment: Date): string {
  return `${moment.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
