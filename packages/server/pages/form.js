// Sends the form as JSON together with the token of the link. The token stands in the fragment, which no server sees, and is
// taken out of the address at once, so that it stays in no history.
const form = document.querySelector("form");
const answer = document.querySelector("#answer");
const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
history.replaceState(null, "", location.pathname);

function say(text) {
  answer.textContent = text;
  answer.focus();
}

function describe(problem) {
  const issues = (problem.issues ?? []).map(({ field, message }) => `${field}: ${message}`);
  return issues.length > 0 ? issues.join("\n") : `${problem.detail} ${problem.help}`;
}

async function send() {
  const fields = [...new FormData(form)].filter(([, value]) => value !== "");
  const response = await fetch(form.action, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...Object.fromEntries(fields), token }),
  });
  if (!response.ok) return describe(await response.json());
  form.hidden = true;
  return form.dataset.done;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  send().then(say, () => say("The server cannot be reached. Try again in a moment."));
});
