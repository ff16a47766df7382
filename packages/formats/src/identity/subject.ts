/** The name of what was scanned. One that says nothing (`.`, `/`, `-`) is empty, so that the caller's target names it. */
export function subjectName(name: string): string {
  const bare = name.trim();
  return /^(?:\.{0,2}[\\/]?|-|unknown)$/i.test(bare) ? "" : bare;
}
