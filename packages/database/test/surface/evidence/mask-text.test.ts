import { describe, expect, test } from "vitest";
import { maskText } from "../../../src/surface/evidence/mask-text.ts";

/** `‹…›` stands around what is masked: gives the text without the marks, and what is expected of it. */
function read(marked: string): { text: string; expected: string; values: number } {
  const values = /‹([^›]*)›/g;
  return {
    text: marked.replaceAll(values, "$1"),
    expected: marked.replaceAll(values, (_, value: string) => {
      const head = value.length >= 16 && /^[\w+/.-]{4}/.test(value) ? value.slice(0, 4) : "";
      return `${head}[masked, ${value.length} characters]`;
    }),
    values: [...marked.matchAll(values)].length,
  };
}

function expectMasked(marked: string, secrets: readonly string[] = []): void {
  const { text, expected, values } = read(marked);
  expect(maskText(text, { secrets })).toEqual({ text: expected, masked: values });
  expect(maskText(expected, { secrets })).toEqual({ text: expected, masked: 0 });
}

const long = "Zq3".repeat(16);

test("what stays is the length, and the first four characters of 16 and more", () => {
  expect(maskText("password=hunter2").text).toBe("password=[masked, 7 characters]");
  expect(maskText("password=abcdefghijklmno").text).toBe("password=[masked, 15 characters]");
  expect(maskText("password=abcdefghijklmnop").text).toBe("password=abcd[masked, 16 characters]");
  expect(maskText("password=😀😀😀").text).toBe("password=[masked, 3 characters]");
  expect(maskText('password=">>>>>>>>>>>>>>>>>>>>"').text).toBe('password="[masked, 20 characters]"');
});

describe("Headers are masked", () => {
  test.each([
    "GET / HTTP/1.1\r\nHost: a.example\r\nAuthorization: Basic ‹dXNlcjpodW50ZXIy›\r\nAccept: */*\r\n",
    "authorization: Bearer ‹abc.def›\nhost: a.example",
    'Authorization: Digest ‹username="ada", response="6629fa"›\r\nHost: a.example',
    "Authorization: ‹hunter2 rabbit›\r\nHost: a.example",
    "Proxy-Authorization: Basic ‹dTpwdw==›\r\n",
    "Cookie: sid=‹abc123›; theme=‹dark›;  lone=\r\nHost: a.example",
    "Cookie: a=‹b›;\r\n c=‹d›\r\nHost: a.example",
    "Set-Cookie: sid=‹abc›; Path=/; Domain=a.example; Max-Age=60; HttpOnly; Secure; SameSite=Lax\r\nAge: 1",
    "Set-Cookie: sid=‹abc›; Expires=Wed, 09 Jun 2021 10:18:14 GMT; Path=‹/, other=secret›\r\n",
    "X-Api-Key: ‹abc def›\r\nHost: a.example",
    "x-auth-token: ‹abc›\r\nX-Amz-Security-Token: ‹abc›\r\nX-Auth-Key: ‹a›\r\nX-CSRF-Token: ‹b›",
    "Ocp-Apim-Subscription-Key: ‹abc›\r\nPrivate-Token: ‹abc›\r\nX-Functions-Key: ‹abc›\r\n",
    "> Authorization: Bearer ‹abc›\n< Set-Cookie: a=‹b›; Path=/",
    String.raw`"request":"GET / HTTP/1.1\r\nCookie: a=‹b›\r\nX-Api-Key: ‹abc›\r\nHost: x\r\n\r\n"`,
    String.raw`{\"request\":\"GET / HTTP/1.1\\r\\nCookie: a=‹b›\\r\\nHost: x\"}`,
    `curl -H 'Authorization: Bearer ‹abc›' -H "Cookie: a=‹b›; c=‹d›" -H 'Accept: */*' 'https://a.example/'`,
    `curl -u ‹admin:hunter2› --proxy-user '‹a:b›' -b 'sid=‹abc›' -sU"‹c:d›" --oauth2-bearer ‹abc› https://a.example`,
    `{"Authorization": "Bearer ‹abc›", "Cookie": "a=‹b›; c=‹d›", "Accept": "*/*"}`,
    `{'Authorization': 'Basic ‹abc›', 'cookies': {'sid': '‹abc›'}, 'X-Api-Key': '‹abc›', 'n': 1}`,
    `request.setRequestHeader("Authorization", "Bearer ‹abc›"); headers = [["Cookie", "a=‹b›"]]`,
    `"headers": [{"name": "Cookie", "value": "a=‹b›"}, {"name": "Accept", "value": "*/*"}]`,
    `"headers": ["Authorization: Bearer ‹abc›", "Accept: */*"]`,
  ])("%j", (marked) => expectMasked(marked));
});

describe("Fields are masked", () => {
  test.each([
    "POST /login HTTP/1.1\r\n\r\nuser=ada&password=‹hunter2›&remember=1",
    "GET /?api_key=‹abc›&page=2&clientSecret=‹a,b;c#top› HTTP/1.1",
    "user[password]=‹abc›&user%5Bpwd%5D=‹abc›&x=1",
    "next=%2Flogin%3Fpassword%3D‹abc›%26user%3Dada&x=1",
    "a=1&amp;token=‹abc›&amp;b=2 pass=‹abc› sessionid=‹abc›",
    `{"password":"‹hunter2›","passwd": "‹a›","apiKey":"‹b›","api-key":"‹c›","access_token" : "‹d›","user":"ada"}`,
    String.raw`{"password":"‹a\"b\\›","next":"\\"}`,
    String.raw`"body":"{\"password\":\"‹a\\\"b›\",\"user\":\"ada\"}"`,
    `{"token":‹12345›,"secret":null,"hasPassword":true,"sessions":["‹a›","‹b›"],"user":"ada"}`,
    `{"session":{"id":"‹abc›","at":‹12345›},"user":"ada"}`,
    "{'password': '‹abc›', 'client_secret': u'‹abc›', \"user\": 'ada'}",
    `:password => "‹abc›", 'secret' => '‹abc›', user => 'ada'`,
    "&quot;password&quot;:&quot;‹abc›&quot;,&quot;user&quot;:&quot;ada&quot;",
    "<login><user>ada</user><password>‹hunter2›</password><wsse:Password Type='t'>‹abc›</wsse:Password></login>",
    "<secret><![CDATA[‹a<b›]]></secret><session><id>‹abc›</id></session><token/>",
    "&lt;password&gt;‹abc›&lt;/password&gt;%3Ctoken%3E‹abc›%3C/token%3E",
    String.raw`\u003cpassword\u003e‹abc›\u003c/password\u003e`,
    `<input type="hidden" name="csrf_token" value="‹abc›"><input value='‹abc›' type=password name=p>`,
    `<meta name="csrf-token" content="‹abc›"><meta name="author" content="Ada">`,
    `<add key="Db.Password" value="‹abc›"/><string name="api_key">‹abc›</string>`,
    "name: ada\npassword: ‹my secret words›\nage: 3\n",
    "db:\n  password: ‹abc›\n  secret: |\n    ‹one two›\n    ‹three›\n  port: 5432\ntokens:\n- ‹a›\n- ‹b›\nend: 1",
    "env:\n- name: DB_PASSWORD\n  value: ‹abc›\n- name: PORT\n  value: 1",
    'DB_PASSWORD=‹abc"d›\nPORT=1\nexport API_TOKEN="‹a b›"\n',
    `Content-Disposition: form-data; name="password"\r\n\r\n‹abc›\r\n--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb`,
    "Server=db; Password=‹abc›; Database=x",
    `define('DB_PASSWORD', '‹abc›'); $password = "‹abc›"; password := "‹abc›"; if (token == '‹abc›') {}`,
    'const token: string = \'‹abc›\'; char password[] = "‹abc›"; val secret: String = "‹abc›"',
    `mysql --password ‹abc› --user ada --api-key=‹abc› ["--token", "‹abc›"]`,
    "spring.datasource.password=‹abc›\naws_secret_access_key = ‹abc›\nPASSWORD2=‹abc›",
    'password = """‹a\n\n"b"›"""\nuser = 1',
    '"password": "‹cut off›',
  ])("%j", (marked) => expectMasked(marked));
});

describe("Keys and tokens are masked", () => {
  const body = `${"MIIEabcd+/".repeat(6)}\n${"MIIEabcd+/".repeat(6)}\nabcd==`;
  const inJson = body.replaceAll("\n", String.raw`\n`);

  test.each([
    ...["RSA ", "EC ", "", "ENCRYPTED ", "OPENSSH "].map(
      (kind) => `a\n-----BEGIN ${kind}PRIVATE KEY-----\n‹${body}›\n-----END ${kind}PRIVATE KEY-----\nb`,
    ),
    `-----BEGIN PGP PRIVATE KEY BLOCK-----\n‹Version: 2\n\n${body}\n=aBcD›\n-----END PGP PRIVATE KEY BLOCK-----`,
    `"k":"-----BEGIN PRIVATE KEY-----\\n‹${inJson}›\\n-----END PRIVATE KEY-----\\n","user":"ada"`,
    `-----BEGIN RSA PRIVATE KEY-----\n‹Proc-Type: 4,ENCRYPTED\n\n${"MIIEabcd+/".repeat(6)}\nMIIEab›`,
    `-----BEGIN PRIVATE KEY-----\n‹${body}›\n\nThe key above was found.`,
    "-----BEGIN PRIVATE KEY-----\n‹MII›",
    "see '-----BEGIN RSA PRIVATE KEY-----' in the file",
    "-----BEGIN CERTIFICATE-----\nMIIEabcd\n-----END CERTIFICATE-----",
    `PuTTY\nPrivate-Lines: 1\n‹${"MIIEabcd+/".repeat(6)}›\nPrivate-MAC: 12`,
  ])("the block of a private key: %j", (marked) => expectMasked(marked));

  test.each([
    ...["ghp", "gho", "ghu", "ghs", "ghr"].map((kind) => `${kind}_${long}`),
    ...["AKIA", "ASIA"].map((kind) => `${kind}ABCDEFGHIJKLMNOP`),
    `github_pat_${long}`,
    `glpat-${long}`,
    `xoxb-${long}`,
    `xapp-1-${long}`,
    `hooks.slack.com/services/T0/B0/${long}`,
    `AIza${"Zq3-_".repeat(7)}`,
    `ya29.${long}`,
    `GOCSPX-${long}`,
    `sk_live_${long}`,
    `rk_test_${long}`,
    `whsec_${long}`,
    `nrv_${"Zq3_-".repeat(9).slice(0, 43)}`,
    `eyJhbGciOi.${long}.${long}`,
    `eyJhbGciOi.${long}`,
    `eyJhbGciOi.${long}.${long}.${long}.${long}`,
  ])("a token wherever it stands: %s", (token) => {
    expectMasked(`found ‹${token}› here`);
    expectMasked(`a%20‹${token}›, \\n‹${token}›`);
  });

  test("the secret of an AWS key beside its id, and no digest elsewhere", () => {
    const secret = "wJalrXUtnFEMI/K7MDENG/".padEnd(40, "Ab1");
    expectMasked(`‹AKIA${"ABCDEFGH".repeat(2)}›,‹${secret}›`);
    expectMasked(`commit ${"0123456789abcdef".repeat(2)}01234567 and ${secret}`);
  });

  test("credentials without the header around them", () => {
    expectMasked("sent Bearer ‹abc123def456ghi7› and Basic ‹dXNlcjpodW50ZXIy›");
    expectMasked("Basic authentication is on, Bearer authentication-tokens are not");
  });

  test.each([
    "https://‹ada:hunter2›@a.example/b@c and ssh://git@a.example/b",
    "postgres://‹ada:p@ss›@db.example/x, postgres://‹ada:pa/w#rd›@db.example:5432/x",
    "https://a.example:8080/x@y https://a.example/@ada mailto:ada@a.example",
    String.raw`"https:\/\/‹ada:pw›@a.example\/" u=https%3A%2F%2F‹ada%3Apw›%40a.example%2Fx`,
  ])("user info of an address: %j", (marked) => expectMasked(marked));
});

describe("A given secret is masked", () => {
  test("wherever it stands, in any spelling", () => {
    const secret = 'p@ss w/"rd"';
    const inJson = JSON.stringify(secret).slice(1, -1);
    const spellings = [secret, encodeURIComponent(secret), "p%40ss+w%2F%22rd%22", "p%40ss%20w%2f%22rd%22", inJson];
    spellings.push(JSON.stringify(inJson).slice(1, -1), inJson.replaceAll("/", String.raw`\/`));
    for (const spelling of spellings) {
      expectMasked(`before ‹${spelling}› after x‹${spelling}›x`, [secret]);
    }
  });

  test.each(["", "a", "ab", "abc"])("in base64, behind %j", (before) => {
    const secret = "correct horse battery";
    const encoded = Buffer.from(`${before}${secret}:more`).toString("base64");
    const { text, masked } = maskText(`x ${encoded} y`, { secrets: [secret] });
    expect(masked).toBe(1);
    expect(text).toMatch(/^x [\w+/=]{0,12}\[masked, \d+ characters\][\w+/=]{0,12} y$/);
    expectMasked(`x ‹${Buffer.from("correct horse battery").toString("base64url")}› y`, [secret]);
  });

  test("line by line too, and with other ends of lines", () => {
    const secret = `first line of the secret\nsecond line of the secret\n`;
    expectMasked("a ‹second line of the secret› b", [secret]);
    expectMasked("a ‹first line of the secret\r\nsecond line of the secret› b", [secret]);
  });

  test("as a word only, when it is very short; an empty one is none", () => {
    expectMasked("abc ‹ab› cab ‹ab›.", ["ab"]);
    expectMasked("nothing", ["", " "]);
  });
});

test.each([
  "monkey: banana, tokenizer=bpe, secretary: Ada, passenger=3, compass: north, keyboard=qwerty, bypass: no way",
  "The password must be changed. The session token expired; see the Authorization header.",
  "author: Ada, authority=x, public_key: abc, sidebar=left, key: value, primary key = 3, obsession: tea",
  '{"token_type":"bearer","token_endpoint":"https://a.example/t","expires_in":3600,"passwordPolicy":"strict"}',
  "Vary: Cookie\r\nAccess-Control-Allow-Headers: Authorization, X-Api-Key\r\nAccess-Control-Allow-Credentials: true",
  'WWW-Authenticate: Basic realm="a"\r\nSec-WebSocket-Key: abc\r\n',
  'PASS: 12, sid: 2019401, password: null, token=&x=1, secret: ""',
  "|   PHPSESSID: \n|       httponly flag not set",
  "<label>Password</label><a href='/password'>Forgot password?</a><secretary>Ada</secretary>",
  "Authorization: Basic\r\nCookie:\r\nHost: a.example",
  'Session::start(); token://x 2001:db8::1 12:30:45 {"password_required": "always"}',
  "",
])("ordinary words stay: %j", (text) => expect(maskText(text)).toEqual({ text, masked: 0 }));

describe("attack: text that looks masked", () => {
  test("hides nothing beside it", () => {
    expectMasked("password=‹[masked, 3 characters]hunter2›");
    expectMasked('"password": "‹hunter2[masked, 3 characters]›"');
    expectMasked("password=‹abcd[masked, 3 characters]›");
  });

  test("stays as it is by itself", () => {
    for (const text of ["password=abcd[masked, 20 characters]", "a [masked, 3 characters] b"]) {
      expect(maskText(text)).toEqual({ text, masked: 0 });
    }
  });
});
