import { isLongerThan } from "../../validation/characters.ts";
import { text } from "../../validation/input.ts";

const longest = 50;

/** A tag as it is given; yields what is stored, in lower case. */
export function tagName() {
  // Some letters become two in lower case.
  return text({ min: 1, max: longest })
    .trim()
    .normalize("NFC")
    .toLowerCase()
    .refine((name) => !isLongerThan(name, longest), `must be at most ${longest} characters long in lower case`);
}
