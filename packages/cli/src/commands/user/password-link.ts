import { type Database, makePasswordLink } from "@nerve/database";
import { linkTo, publicUrlOf } from "@nerve/server/settings";
import { commandLineCaller } from "../../actor.ts";
import type { Call } from "../../command.ts";
import { readSettings } from "../../database.ts";
import { formatTime } from "../../table.ts";

/** A link with which somebody sets a password, and what to tell about it. */
export interface PasswordLink {
  readonly link: string;
  readonly expiresAt: Date;
  readonly text: string;
}

/** Makes the link with which a user sets a password; whoever runs the command hands it over. */
export async function passwordLinkFor(call: Call, db: Database, id: number): Promise<PasswordLink> {
  const settings = readSettings(call);
  const { email, token, expiresAt } = await makePasswordLink(db, { id }, commandLineCaller);
  const link = linkTo(publicUrlOf(settings), "/reset-password", token);
  const where = settings.publicUrl === null ? " Set NERVE_PUBLIC_URL if people reach NERVE under another address." : "";
  const text = `${link}\n\n${email} sets a password with it, once, before ${formatTime(expiresAt)}. It is not shown again.${where}`;
  return { link, expiresAt, text };
}
