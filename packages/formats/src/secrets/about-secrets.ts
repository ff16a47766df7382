/** Weaknesses whose code holds a password or a key. */
const weaknesses = new Set(["CWE-259", "CWE-321", "CWE-798"]);

const words = /\b(?:secrets?|credentials?)\b|^(?:gitleaks|trufflehog|ggshield|gitguardian)$/i;

/** Whether the code that a rule finds holds a secret: by its weaknesses, its tags or classes, or the tool that has it. */
export function isAboutSecrets(cwes: readonly string[], said: readonly string[]): boolean {
  return cwes.some((cwe) => weaknesses.has(cwe)) || said.some((one) => words.test(one));
}
