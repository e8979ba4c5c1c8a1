// A form is sent once: its button says so and cannot be pressed again.
"use strict";
{
  const hold = (button) => {
    if (!button || button.ariaBusy === "true") return;
    button.ariaBusy = "true";
    const spin = document.createElement("span");
    spin.className = "spin";
    spin.ariaHidden = "true";
    button.prepend(spin);
    const text = button.dataset.busy && button.querySelector("[data-text]");
    if (text) {
      text.dataset.text = text.textContent;
      text.textContent = button.dataset.busy;
    }
  };
  const release = (button) => {
    button.removeAttribute("aria-busy");
    button.querySelector(".spin")?.remove();
    const text = button.querySelector("[data-text]");
    if (text?.dataset.text) text.textContent = text.dataset.text;
  };
  const releaseAll = (root) => {
    for (const button of root.querySelectorAll("button[aria-busy=true]")) release(button);
    for (const form of root.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    if (form.dataset.sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (form.method !== "post") return;
    form.dataset.sent = "1";
    const button = event.submitter ?? form.querySelector("button:not([type=button])");
    // After the browser has collected the fields, so that the button's own name and value are sent.
    setTimeout(() => {
      if (event.defaultPrevented && !form.matches("[hx-post],[hx-action]")) return releaseAll(form.parentElement);
      hold(button);
    });
  }, true);
  document.addEventListener("htmx:finally:request", (event) => {
    const form = event.target.closest?.("form");
    if (form) releaseAll(form.parentElement);
  });
  // A page that comes back from the browser's memory is fresh again.
  addEventListener("pageshow", (event) => event.persisted && releaseAll(document));
}
