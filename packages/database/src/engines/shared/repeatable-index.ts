/** Makes a statement that creates an index one that leaves an index of that name as it is. */
export function repeatable(statement: string): string {
  return statement.replace(/^CREATE (UNIQUE )?INDEX /, "CREATE $1INDEX IF NOT EXISTS ");
}
