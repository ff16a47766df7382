/** Where code lies on machines that build it, whose rest is the path in the repository. */
const buildFolders = [
  /^\/github\/workspace\//,
  /^\/home\/runner\/work\/[^/]+\/[^/]+\//,
  /^\/Users\/runner\/work\/[^/]+\/[^/]+\//,
  /^[A-Za-z]:\/a\/[^/]+\/[^/]+\//,
  /^\/builds\/[^/]+\/[^/]+\//,
  /^\/home\/vsts\/work\/\d+\/s\//,
  /^[A-Za-z]:\/a\/\d+\/s\//,
  /^\/bitrise\/src\//,
  /^\/opt\/atlassian\/pipelines\/agent\/build\//,
  /^\/var\/(?:lib\/)?jenkins(?:_home)?\/workspace\/[^/]+\//,
  /^\/(?:code|src|app|workspace|workdir|repo|scan)\//,
];

/** Whether a path begins at the root of a machine, or is an address. */
export function isAbsolute(path: string): boolean {
  return /^(?:[a-z][a-z\d+.-]*:|\/|\\)/i.test(path);
}

/** A path with slashes, as of an address of a file. */
function withSlashes(path: string): string {
  return path.replaceAll("\\", "/").replace(/^\/(?=[A-Za-z]:\/)/, "");
}

/**
 * The path of code in its repository: without the folder of the machine that it was scanned on, which is one of those
 * that the report names, or one that is known.
 */
export function codePath(path: string, folders: readonly string[] = []): string {
  const clean = withSlashes(path);
  if (!isAbsolute(clean)) return clean.replace(/^(?:\.\/)+/, "");
  for (const one of folders) {
    const folder = withSlashes(one).replace(/\/?$/, "/");
    if (folder !== "/" && isAbsolute(folder) && clean.startsWith(folder)) return clean.slice(folder.length);
  }
  const folder = buildFolders.find((pattern) => pattern.test(clean));
  return folder === undefined ? clean.replace(/^\/+/, "") : clean.replace(folder, "");
}
