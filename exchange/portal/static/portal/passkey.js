// Passkeys (Web Authentication, W3C): a form with data-passkey asks the device when it is sent, puts the answer into its field
// `credential`, and is sent then. data-passkey="add" | "use" | "sign-in"; options stand in #js_data, for "sign-in" at the form's address.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const listed = (found) => (found || []).map((one) => ({ ...one, id: bytes(one.id) }));
const written = () => JSON.parse(document.getElementById("js_data").textContent);

async function made(options) {
  const asked = options.creation_options.publicKey;
  const wanted = { ...asked.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required" };
  const user = { ...asked.user, id: bytes(asked.user.id) };
  const publicKey = { ...asked, user, challenge: bytes(asked.challenge), authenticatorSelection: wanted, excludeCredentials: listed(asked.excludeCredentials) };
  const credential = await navigator.credentials.create({ publicKey });
  const { attestationObject, clientDataJSON } = credential.response;
  const transports = credential.response.getTransports ? credential.response.getTransports() : [];
  return told(credential, { attestationObject: text(attestationObject), clientDataJSON: text(clientDataJSON), transports });
}

async function used(options) {
  const asked = options.request_options.publicKey;
  const publicKey = { ...asked, challenge: bytes(asked.challenge), allowCredentials: listed(asked.allowCredentials) };
  const credential = await navigator.credentials.get({ publicKey });
  const { authenticatorData, clientDataJSON, signature, userHandle } = credential.response;
  const parts = { authenticatorData: text(authenticatorData), clientDataJSON: text(clientDataJSON), signature: text(signature) };
  return told(credential, userHandle ? { ...parts, userHandle: text(userHandle) } : parts);
}

function told(credential, response) {
  const clientExtensionResults = credential.getClientExtensionResults();
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults };
}

async function fetched(form) {
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error("no options");
  return answer.json();
}

const WAYS = { add: async () => made(written()), use: async () => used(written()), "sign-in": async (form) => used(await fetched(form)) };

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const problem = form.querySelector("[data-passkey-problem]");
  form.querySelectorAll("[data-passkey-button]").forEach((button) => { button.hidden = !window.PublicKeyCredential; });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(await WAYS[form.dataset.passkey](form));
      form.submit();
    } catch {
      problem.hidden = false;
      problem.focus();
    }
  });
}
