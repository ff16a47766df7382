/** How tags are given that are put on things and taken off. */
export const tagOptions = {
  add: { as: "--add <tag>", about: "put this tag on them; may be given several times" },
  remove: { as: "--remove <tag>", about: "take this tag off them; may be given several times" },
} as const;
