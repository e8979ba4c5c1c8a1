// A form that is one choice sends itself when the choice is made; its button is for browsers without this script.
"use strict";
{
  const hide = (root) => root.querySelectorAll("form[data-choose] [data-choose-button]").forEach((b) => (b.hidden = true));
  hide(document);
  document.addEventListener("change", (event) => event.target.form?.matches("[data-choose]") && event.target.form.requestSubmit());
  document.addEventListener("htmx:after:swap", () => hide(document));
}
