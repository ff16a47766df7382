/** The name of a tool's family where no format knows it: lower case, everything but letters and digits as one hyphen. */
export function slug(name: string): string {
  const words = name
    .normalize("NFKD")
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? ["unknown"];
  return words.join("-").slice(0, 50);
}
