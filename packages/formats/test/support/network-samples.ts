/** Invented reports of scanners of hosts and web applications. */
export const networkSamples: readonly { readonly format: string; readonly text: string }[] = [
  {
    format: "zap",
    text: `<?xml version="1.0"?>
<OWASPZAPReport programName="ZAP" version="2.16.1" generated="Tue, 3 Mar 2026 05:06:07">
<site name="https://shop.example.org" host="shop.example.org" port="443" ssl="true"><alerts><alertitem>
<pluginid>40012</pluginid><alertRef>40012-1</alertRef><name>Cross site scripting</name><riskcode>3</riskcode><confidence>2</confidence>
<desc>&lt;p&gt;Markup of a &amp;lt;form&amp;gt;&lt;/p&gt;&lt;p&gt;comes back&lt;/p&gt;</desc>
<instances>
<instance><uri>https://shop.example.org/find?q=1&amp;page=2</uri><method>GET</method><param>q</param><attack>&lt;b&gt;</attack><evidence>&lt;b&gt;</evidence><requestheader>GET /find HTTP/1.1</requestheader></instance>
<instance><uri>https://shop.example.org/find?page=7&amp;q=zzz</uri><method>GET</method><param>q</param></instance>
<instance><uri>https://shop.example.org</uri><method>GET</method><param>q</param></instance>
</instances><count>9</count><reference>&lt;p&gt;https://example.org/xss&lt;/p&gt;</reference><cweid>79</cweid>
</alertitem><alertitem><pluginid>10096</pluginid><name>Time</name><riskcode>0</riskcode><confidence>0</confidence><uri>https://shop.example.org/a</uri></alertitem></alerts></site>
<site name="http://quiet.example.org:8080" host="quiet.example.org" port="8080" ssl="false"><alerts></alerts></site>
</OWASPZAPReport>`,
  },
  {
    format: "burp",
    text: `<?xml version="1.0"?>
<!DOCTYPE issues [
<!ELEMENT issues (issue*)>
<!ATTLIST issues burpVersion CDATA "">
]>
<issues burpVersion="2026.1" exportTime="Tue Mar 03 05:06:07 CET 2026">
<issue><serialNumber>1</serialNumber><type>1049088</type><name>SQL injection</name><host ip="192.0.2.7">https://shop.example.org</host>
<path><![CDATA[/login]]></path><location><![CDATA[/login [user parameter]]]></location><severity>High</severity><confidence>Firm</confidence>
<vulnerabilityClassifications><![CDATA[<ul><li><a href="https://example.org/89">CWE-89: SQL</a></li></ul>]]></vulnerabilityClassifications>
<requestresponse><request method="POST" base64="true"><![CDATA[UE9TVCAvbG9naW4=]]></request><response base64="true"></response></requestresponse></issue>
<issue><type>134217728</type><name>Of an extension</name><host ip="">http://shop.example.org:8080</host><path>/</path><location>/</location><severity>False positive</severity></issue>
<issue><type>134217728</type><name>Another</name><host>http://shop.example.org:8080</host><path>/</path><location>/</location><severity>Information</severity></issue>
</issues>`,
  },
  {
    format: "nessus",
    text: `<?xml version="1.0" ?>
<NessusClientData_v2><Report name="weekly" xmlns:cm="http://www.nessus.org/cm">
<ReportHost name="www.example.org"><HostProperties><tag name="host-ip">192.0.2.7</tag><tag name="host-rdns">a7.example.net</tag><tag name="HOST_START">Tue Mar  3 05:06:07 2026</tag><tag name="HOST_END">Tue Mar  3 06:06:07 2026</tag></HostProperties>
<ReportItem port="443" svc_name="www" protocol="tcp" severity="4" pluginID="900001" pluginName="Old server" pluginFamily="Web Servers">
<cve>CVE-2026-1001</cve><cve>CVE-2026-1002</cve><cvss_vector>CVSS2#AV:N/AC:L/Au:N/C:P/I:P/A:P</cvss_vector><cvss3_vector>AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H</cvss3_vector>
<xref>CISA-KNOWN-EXPLOITED:2026/05/03</xref><cwe>79</cwe><synopsis>It is old.</synopsis><description>Very old.</description><plugin_output>Version: 1</plugin_output></ReportItem>
<ReportItem port="0" svc_name="general" protocol="tcp" severity="0" pluginID="900002" pluginName="Names"></ReportItem>
<ReportItem port="0" svc_name="general" protocol="tcp" severity="3" pluginID="900003" pluginName="Audit"><cm:compliance-check-name>1.1 Passwords</cm:compliance-check-name><cm:compliance-result>FAILED</cm:compliance-result></ReportItem>
<ReportItem port="0" svc_name="general" protocol="tcp" severity="0" pluginID="900003" pluginName="Audit"><cm:compliance-check-name>1.2 Locks</cm:compliance-check-name><cm:compliance-result>PASSED</cm:compliance-result></ReportItem>
</ReportHost>
<ReportHost name="https://stopped.example.org:8443/app"><HostProperties><tag name="HOST_START">Tue Mar  3 05:06:07 2026</tag></HostProperties></ReportHost>
</Report></NessusClientData_v2>`,
  },
  {
    format: "openvas",
    text: `<report id="1" format_id="2" content_type="text/xml"><report id="1"><gmp><version>22.4</version></gmp>
<scan_run_status>Done</scan_run_status><scan_start>2026-03-03T05:06:07Z</scan_start>
<ports><port>443/tcp<host>192.0.2.7</host></port></ports>
<results max="-1" start="1">
<result id="a"><name>Old server</name><host> 192.0.2.7
 <asset asset_id="b"/><hostname>www.example.org</hostname></host><port>https (443/tcp)</port>
<nvt oid="1.3.6.1.4.1.25623.1.0.1"><name>Old server</name><tags>cvss_base_vector=AV:N/AC:L/Au:N/C:P/I:P/A:P|summary=It is old.</tags><refs><ref type="cve" id="CVE-2026-1001"/><ref type="url" id="https://example.org/old"/></refs></nvt>
<threat>High</threat><severity>9.8</severity><qod><value>80</value></qod><description>Version 1</description></result>
<result id="c"><name>Ping</name><host>192.0.2.8</host><port>general/tcp</port><nvt oid="1.3.6.1.4.1.25623.1.0.2"><name>Ping</name></nvt><threat>False Positive</threat><severity>-1.0</severity></result>
<result id="d"><name>Failed</name><host>192.0.2.9</host><port>general/tcp</port><nvt oid="1.3.6.1.4.1.25623.1.0.3"/><threat>Error</threat><severity>-3.0</severity></result>
</results>
<host><ip>192.0.2.10</ip><start>2026-03-03T05:06:07Z</start><end>2026-03-03T06:06:07Z</end></host>
<host><ip>192.0.2.11</ip><start>2026-03-03T05:06:07Z</start><end></end></host>
</report></report>`,
  },
  {
    format: "nikto",
    text: `[{"host":"www.example.org","ip":"192.0.2.7","port":"8080","banner":"","vulnerabilities":[
{"id":"999957","method":"GET","url":"/","msg":"The header is missing."},
{"id":"999957","method":"GET","url":"/a","msg":"Another: CVE-2026-1001"}]}]`,
  },
  {
    format: "testssl",
    text: `"id","fqdn/ip","port","severity","finding","cve","cwe"
"engine_problem","/","443","WARN","No engine","",""
"SSLv2","www.example.org/192.0.2.7","443","OK","not offered","",""
"cert_expirationStatus <hostCert#1>","www.example.org/192.0.2.7","443","HIGH","expires < 30 days (21)","",""
"cert_expirationStatus <hostCert#2>","www.example.org/192.0.2.8","443","MEDIUM","expires < 60 days (39)","",""
"BEAST","www.example.org/192.0.2.7","443","LOW","VULNERABLE","CVE-2026-1001 CVE-2026-1002","CWE-20"
"overall_grade","www.example.org/192.0.2.7","443","CRITICAL","F","",""
`,
  },
];
