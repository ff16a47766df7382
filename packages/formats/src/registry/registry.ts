import { amass } from "../amass/amass.ts";
import { burp } from "../burp/burp.ts";
import { cyclonedx } from "../cyclonedx/cyclonedx.ts";
import { dnsx } from "../dnsx/dnsx.ts";
import type { Format } from "../format/format.ts";
import { csv } from "../generic/generic.ts";
import { gitleaks } from "../gitleaks/gitleaks.ts";
import { grype } from "../grype/grype.ts";
import { httpx } from "../httpx/httpx.ts";
import { slug } from "../identity/slug.ts";
import { katana } from "../katana/katana.ts";
import { lightbox } from "../lightbox/lightbox.ts";
import { masscan } from "../masscan/masscan.ts";
import { naabu } from "../naabu/naabu.ts";
import { nerve } from "../nerve/nerve.ts";
import { nessus } from "../nessus/nessus.ts";
import { nikto } from "../nikto/nikto.ts";
import { nmap } from "../nmap/nmap.ts";
import { nuclei } from "../nuclei/nuclei.ts";
import { openvas } from "../openvas/openvas.ts";
import { sarif } from "../sarif/sarif.ts";
import { semgrep } from "../semgrep/semgrep.ts";
import { sslyze } from "../sslyze/sslyze.ts";
import { subfinder } from "../subfinder/subfinder.ts";
import { testssl } from "../testssl/testssl.ts";
import { trivy } from "../trivy/trivy.ts";
import { trufflehog } from "../trufflehog/trufflehog.ts";
import { xasm } from "../xasm/xasm.ts";
import { zap } from "../zap/zap.ts";

/** Every format, in the order in which lists of them are shown. */
export const formats: readonly Format[] = [
  nuclei,
  nmap,
  masscan,
  sarif,
  trivy,
  grype,
  cyclonedx,
  semgrep,
  gitleaks,
  trufflehog,
  sslyze,
  zap,
  burp,
  nessus,
  openvas,
  nikto,
  testssl,
  httpx,
  naabu,
  subfinder,
  dnsx,
  katana,
  amass,
  xasm,
  lightbox,
  csv,
  nerve,
];

export function formatOf(name: string): Format | undefined {
  return formats.find((format) => format.name === name);
}

/** The family of a tool by the name that a report gives it: `Semgrep OSS` is `semgrep`, whichever format tells. */
export function sourceOf(tool: string): string {
  const name = tool.trim().toLowerCase();
  const known = formats.find(
    ({ source, aliases = [] }) => source !== undefined && (source === name || aliases.includes(name)),
  );
  return known?.source ?? slug(tool);
}
