import { kindsOf } from "../kinds-of.ts";

export const exposureKinds = kindsOf("exposure", {
  "exposed-admin-panel": {
    title: "Administration interface reachable from outside",
    means: "A sign-in page or panel for administration answers to anybody.",
    typicalSeverity: "medium",
    decidingCwes: [419],
    relatedCwes: [284],
    rules: {
      nuclei: "phpmyadmin-panel",
      zap: "200019",
    },
    tags: { nuclei: [["panel"]] },
    task: "TASK_CLOSE_ADMIN",
  },
  "exposed-debug-interface": {
    title: "Debug or status interface is public",
    means: "Actuators, profilers, phpinfo, server status, tracing or metrics can be read by anybody.",
    typicalSeverity: "medium",
    decidingCwes: [11, 215, 489],
    rules: {
      nuclei: "phpinfo-files prometheus-metrics springboot-env springboot-heapdump springboot-httptrace",
      zap: "10056 40028 40029 40042",
    },
    tags: { nuclei: [["debug"]] },
    task: "TASK_DISABLE_DEBUG",
  },
  "exposed-configuration-file": {
    title: "Configuration file is public",
    means: "A .env, configuration, container or build file can be downloaded.",
    typicalSeverity: "high",
    decidingCwes: [538, 541],
    rules: {
      nuclei: "dockerfile-hidden-disclosure exposed-gitignore",
      zap: "40032 40034 40035 90034",
    },
    tags: { nuclei: [["exposure", "config"]] },
    task: "TASK_SECURE_CONFIG",
  },
  "exposed-source-repository": {
    title: "Source code is public",
    means: "A .git or .svn folder or source code can be downloaded from the web server.",
    typicalSeverity: "high",
    decidingCwes: [527, 540],
    rules: {
      nuclei: "git-config",
      zap: "41 42 43 10045 10099 200004",
    },
    tags: { nuclei: [["git"]] },
    task: "TASK_SECURE_GIT",
  },
  "exposed-backup-file": {
    title: "Backup or database dump is public",
    means: "A copy of a file, site or database can be downloaded.",
    typicalSeverity: "high",
    decidingCwes: [530],
    rules: {
      zap: "10095 100030",
    },
    tags: { nuclei: [["exposure", "backup"]] },
    task: "TASK_SECURE_BACKUPS",
  },
  "exposed-sensitive-file": {
    title: "Sensitive file is public",
    means: "Logs, documents, keys or other files that are not meant for the public can be downloaded.",
    typicalSeverity: "medium",
    decidingCwes: [219, 425, 532, 552],
    relatedCwes: [538],
    rules: {
      zap: "100029",
    },
    tags: {
      nuclei: [
        ["exposure", "logs"],
        ["exposure", "files"],
      ],
    },
    task: "TASK_SECURE_SENSITIVE_FILES",
  },
  "directory-listing": {
    title: "Folder contents are listed",
    means: "The web server lists the files of a folder.",
    typicalSeverity: "low",
    decidingCwes: [548],
    rules: {
      zap: "0 10033",
      nmap: "http-ls",
    },
    tags: { nuclei: [["listing"]] },
    task: "TASK_DISABLE_DIR_LISTING",
  },
  "exposed-storage-bucket": {
    title: "Cloud storage is open to the public",
    means: "A bucket, file share or blob store can be listed, read or written by anybody.",
    typicalSeverity: "high",
    relatedCwes: [284, 732],
    rules: {
      zap: "100036",
      trivy: "AVD-AWS-0086 AVD-AWS-0087 AVD-AWS-0091 AVD-AWS-0092 AVD-AWS-0093 AVD-AWS-0094",
      prowler: "s3_bucket_public_access s3_account_level_public_access_blocks",
    },
    tags: { nuclei: [["bucket"]] },
    passedWhen: ["trivy: the same ids with status PASS", "prowler: the same checks with status PASS"],
    task: "TASK_SECURE_STORAGE",
  },
  "personal-data-exposed": {
    title: "Personal data is public",
    means: "Names, addresses, card or identity numbers, health or location data appear where strangers can read them.",
    typicalSeverity: "high",
    decidingCwes: [359],
    rules: {
      zap: "10062 10103 100008 100009 100012 110004 110005 120000 120001 200006",
    },
    task: "TASK_PROTECT_PERSONAL_DATA",
  },
  "exposed-secret": {
    title: "Key, token or password is public",
    means: "What looks like a working credential is found in a page, script, response or public repository.",
    typicalSeverity: "critical",
    decidingCwes: [522, 598],
    relatedCwes: [312, 798],
    rules: {
      zap: "10024 10097 100034 200003 200011 200014",
    },
    tags: { nuclei: [["exposure", "token"], ["tokens"]] },
    signs: ["trivy: secret (in a published image)", "trufflehog: verified result in public material"],
    task: "TASK_ROTATE_API_KEYS",
  },
});
