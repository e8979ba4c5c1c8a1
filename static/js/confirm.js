// Where the name has to be typed before something is destroyed, the button waits for it. The server checks again.
"use strict";
{
  const check = (field) => {
    const button = field.form?.querySelector("[data-confirm-button]");
    if (button) button.disabled = field.value.trim() !== field.dataset.confirm;
  };
  const all = (root) => root.querySelectorAll("input[data-confirm]").forEach(check);
  all(document);
  document.addEventListener("input", (event) => event.target.matches("input[data-confirm]") && check(event.target));
  document.addEventListener("htmx:after:swap", () => all(document));
}
