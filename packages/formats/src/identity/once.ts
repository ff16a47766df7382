const mostKeys = 200_000;

/** Tells whether a key comes for the first time; after very many it forgets, and some come twice. */
export function once(): (key: string) => boolean {
  const seen = new Set<string>();
  return (key) => {
    if (seen.has(key)) return false;
    if (seen.size >= mostKeys) seen.clear();
    seen.add(key);
    return true;
  };
}
