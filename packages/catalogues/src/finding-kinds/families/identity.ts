import { kindsOf } from "../kinds-of.ts";

export const identityKinds = kindsOf("identity", {
  "default-credentials": {
    title: "Default password still works",
    means: "A device or application accepts a password that anybody can look up.",
    typicalSeverity: "critical",
    decidingCwes: [1392, 1393, 1394],
    relatedCwes: [798],
    rules: {
      nuclei: "dvwa-default-login",
      nmap: "http-default-accounts",
    },
    tags: { nuclei: [["default-login"]] },
    signs: ["hydra: a user name and password from a list of defaults"],
    task: "TASK_CHANGE_DEFAULT_CREDS",
  },
  "weak-authentication": {
    title: "Sign-in is too weak",
    means:
      "Password guessing is not slowed down, user names can be found out, Basic authentication is used, or short and weak passwords are allowed.",
    typicalSeverity: "medium",
    decidingCwes: [203, 204, 287, 307, 521, 620, 640, 836, 1391],
    rules: {
      zap: "10057 10101 10105 40023 90024",
      nuclei: "mysql-native-password-bruteforce",
      prowler: "iam_password_policy_minimum_length_14 iam_password_policy_reuse_24",
    },
    tags: { nuclei: [["bruteforce"]] },
    signs: ["hydra: a user name and password that work"],
    task: "TASK_PASSWORD_POLICY",
  },
  "multi-factor-missing": {
    title: "Second factor is not required",
    means: "An important account or service asks for a password only.",
    typicalSeverity: "medium",
    decidingCwes: [308],
    rules: {
      prowler: "iam_user_mfa_enabled_console_access iam_root_mfa_enabled entra_users_mfa_capable",
    },
    tags: { nuclei: [["mfa"]] },
    passedWhen: ["prowler: the same checks with status PASS"],
    task: "TASK_MFA_ENABLE",
  },
  "broken-access-control": {
    title: "Access rights are not checked",
    means: "Users reach records or functions that are not theirs (IDOR, missing checks, forced browsing).",
    typicalSeverity: "high",
    decidingCwes: [284, 285, 566, 639, 862, 863, 915, 1220],
    relatedCwes: [425],
    rules: {
      zap: "10102 40038",
    },
    tags: { nuclei: [["idor"], ["auth-bypass"]] },
    signs: ["semgrep: missing-authorization rules"],
    task: "TASK_FIX_ACCESS_CONTROL",
  },
  "session-weakness": {
    title: "Session can be taken over",
    means: "Sessions can be fixed in advance or guessed, do not end, or are carried in URLs.",
    typicalSeverity: "medium",
    decidingCwes: [384, 539, 613],
    relatedCwes: [922],
    rules: {
      zap: "3 40013 90027 120002",
    },
    tags: { nuclei: [["session"]] },
    task: "TASK_FIX_SESSIONS",
  },
  "excessive-privilege": {
    title: "More rights than needed",
    means: "Accounts, roles, containers or services may do more than they need.",
    typicalSeverity: "medium",
    decidingCwes: [250, 266, 267, 268, 269, 272, 732],
    rules: {
      trivy: "KSV041 KSV044 KSV046 KSV048 AVD-AWS-0057",
      prowler: "iam_aws_attached_policy_no_administrative_privileges iam_no_root_access_key",
      "kube-bench": "5.1.1 5.1.3",
    },
    passedWhen: ["prowler: the same checks with status PASS", "kube-bench: the same checks with PASS"],
    task: "TASK_REDUCE_PRIVILEGES",
  },
});
