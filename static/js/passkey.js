// Passkeys: asks the device, puts its answer into the form and sends it. Without this script the
// button stays hidden and a code does the same.

const decode = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

const encode = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

/** Turn what JSON holds as text back into bytes. */
function prepared({ publicKey }) {
  const keys = (list) => list?.map((one) => ({ ...one, id: decode(one.id) }));
  return {
    ...publicKey,
    challenge: decode(publicKey.challenge),
    user: publicKey.user && { ...publicKey.user, id: decode(publicKey.user.id) },
    excludeCredentials: keys(publicKey.excludeCredentials),
    allowCredentials: keys(publicKey.allowCredentials),
  };
}

/** Return an answer as JSON holds it (WebAuthn level 3, 5.1). */
function answered(credential) {
  const parts = [
    "attestationObject", "authenticatorData", "clientDataJSON", "signature", "userHandle",
  ];
  const given = parts.filter((part) => credential.response[part]);
  return {
    id: credential.id,
    rawId: encode(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: Object.fromEntries(given.map((part) => [part, encode(credential.response[part])])),
  };
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("[data-passkey-start]");
  const says = form.querySelector("[data-passkey-says]");
  if (!window.PublicKeyCredential) {
    says.textContent = "This browser knows no passkeys here. Use a code instead.";
    continue;
  }
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (form.dataset.passkey === "create" && !form.reportValidity()) return;
    says.textContent = "Your device asks you now.";
    try {
      const publicKey = prepared(JSON.parse(form.dataset.options));
      const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
      form.querySelector("[name$=credential]").value = JSON.stringify(answered(credential));
      form.submit();
    } catch {
      says.textContent = "That did not work. Nothing was changed; try again, or use a code.";
    }
  });
}
