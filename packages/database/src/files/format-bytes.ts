const units = ["bytes", "kB", "MB", "GB", "TB"] as const;

/**
 * Writes a size as people read it: in the unit that suits it, with one decimal below ten, and commas between thousands.
 *
 * @param bytes the size
 * @returns such as `512 bytes`, `4.1 kB`, `125 MB`; a kB is 1000 bytes
 * @example
 * formatBytes(125_654_728); // "126 MB"
 */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const shown = unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value).toLocaleString("en");
  return `${shown} ${units[unit] ?? ""}`;
}
