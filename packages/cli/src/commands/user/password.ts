import { text } from "node:stream/consumers";
import type { Context } from "../../context.ts";
import { UsageError } from "../../failure.ts";

/**
 * Reads a password from standard input, without the line end that `echo` and editors add. Never from an argument: those are
 * in the shell's history, and every user of the machine sees them.
 */
export async function readPassword({ stdin }: Context): Promise<string> {
  if (stdin.isTTY === true) {
    throw new UsageError(
      "The password has to come from a file or another program: a terminal would show it.",
      "For example: nerve user create --email ada@example.org --role analyst --password-stdin < password.txt",
    );
  }
  const password = (await text(stdin)).replace(/\r?\n$/, "");
  if (password === "")
    throw new UsageError("Standard input holds no password.", "Send the password there, on one line.");
  return password;
}
