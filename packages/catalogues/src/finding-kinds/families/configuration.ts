import { kindsOf } from "../kinds-of.ts";

export const configurationKinds = kindsOf("configuration", {
  "insecure-cloud-configuration": {
    title: "Cloud resource is configured insecurely",
    means: "A cloud account, network or service is set against its provider's advice.",
    typicalSeverity: "medium",
    relatedCwes: [1188],
    rules: {
      trivy: "AVD-AWS-* AVD-AZU-* AVD-GCP-*",
      checkov: "CKV_AWS_* CKV_AZURE_* CKV_GCP_*",
    },
    tags: { nuclei: [["cloud", "misconfig"]] },
    signs: ["prowler: status FAIL without a kind of its own"],
    passedWhen: ["prowler: status PASS", "trivy: status PASS", "checkov: PASSED"],
    task: "TASK_HARDEN_CLOUD",
  },
  "insecure-container-configuration": {
    title: "Container or cluster is configured insecurely",
    means: "Containers run as root, with a writable file system, host access or no limits, or the cluster allows it.",
    typicalSeverity: "medium",
    relatedCwes: [250],
    rules: {
      trivy: "KSV* DS* AVD-KSV-* AVD-DS-*",
      checkov: "CKV_K8S_* CKV_DOCKER_*",
      hadolint: "DL3002",
    },
    signs: ["kube-bench: FAIL"],
    passedWhen: ["kube-bench: PASS", "trivy: status PASS", "checkov: PASSED"],
    task: "TASK_HARDEN_CONTAINERS",
  },
  "encryption-at-rest-missing": {
    title: "Stored data is not encrypted",
    means: "A disk, bucket, database or backup stores data unencrypted.",
    typicalSeverity: "medium",
    decidingCwes: [311, 312, 313, 922],
    rules: {
      trivy: "AVD-AWS-0088 AVD-AWS-0026 AVD-AWS-0080",
      prowler: "s3_bucket_default_encryption rds_instance_storage_encrypted ec2_ebs_volume_encryption",
      checkov: "CKV_AWS_3 CKV_AWS_16 CKV_AWS_19",
    },
    passedWhen: ["prowler: the same checks with status PASS", "trivy: status PASS", "checkov: PASSED"],
    task: "TASK_ENCRYPT_AT_REST",
  },
  "logging-disabled": {
    title: "Logging is off or kept too briefly",
    means: "Access, changes or security events are not logged, or logs are not kept long enough.",
    typicalSeverity: "medium",
    decidingCwes: [223, 778],
    rules: {
      trivy: "AVD-AWS-0001 AVD-AWS-0014 AVD-AWS-0089",
      prowler: `
        cloudtrail_multi_region_enabled vpc_flow_logs_enabled s3_bucket_server_access_logging_enabled
      `,
      checkov: "CKV_AWS_18 CKV_AWS_67",
    },
    passedWhen: ["prowler: the same checks with status PASS", "trivy: status PASS", "checkov: PASSED"],
    task: "TASK_SETUP_MONITORING",
  },
  "backup-missing": {
    title: "Backup is missing",
    means: "Data is not backed up, or old versions are not kept.",
    typicalSeverity: "medium",
    rules: {
      trivy: "AVD-AWS-0077 AVD-AWS-0090 AVD-AWS-0024",
      prowler: "rds_instance_backup_enabled s3_bucket_object_versioning dynamodb_tables_pitr_enabled",
      checkov: "CKV_AWS_21 CKV_AWS_28 CKV_AWS_133",
    },
    passedWhen: ["prowler: the same checks with status PASS", "trivy: status PASS", "checkov: PASSED"],
    task: "TASK_AUTOMATED_BACKUP",
  },
  "security-misconfiguration": {
    title: "Insecure setting",
    means:
      "A setting of a server or application is insecure and has no kind of its own (unsafe methods, test accounts, sample pages).",
    typicalSeverity: "medium",
    decidingCwes: [451, 749, 1188],
    rules: {
      zap: "10058 90028",
    },
    tags: { nuclei: [["misconfig"]] },
    signs: ["nikto: an item without a kind of its own", "nessus: a compliance item FAILED"],
    passedWhen: ["nessus: the compliance item PASSED"],
    task: "TASK_HARDEN_CONFIGURATION",
  },
});
