// A form with data-passkey asks the browser for a passkey before it is sent; without the browser's help it stays hidden.
"use strict";
{
  // A passkey belongs to a name, never to a number such as 127.0.0.1.
  const supported = !!window.PublicKeyCredential?.parseRequestOptionsFromJSON && !/^[\d.]+$|:/.test(location.hostname);
  const show = (root) => {
    for (const form of root.querySelectorAll("form[data-passkey]")) form.hidden = !supported;
    for (const note of root.querySelectorAll("[data-passkey-missing]")) note.hidden = supported;
  };
  show(document);

  const say = (form, text) => {
    const place = form.querySelector("[data-passkey-problem]");
    place.textContent = text;
    place.hidden = !text;
  };

  const ceremony = async (form) => {
    const answer = await fetch(form.dataset.options, { method: "POST", headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) {
      // Such as a proof that is asked for first: the server says it better.
      location.assign(form.dataset.fallback || location.href);
      return null;
    }
    const { publicKey } = await answer.json();
    return form.dataset.passkey === "create"
      ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
      : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
  };

  // Before busy.js, which would take the form for sent.
  addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-passkey]");
    if (!form) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    say(form, "");
    try {
      const credential = await ceremony(form);
      if (!credential) return;
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch (error) {
      say(form, error.name === "InvalidStateError" ? form.dataset.known : form.dataset.problem);
    } finally {
      form.ariaBusy = "false";
    }
  }, true);
}
