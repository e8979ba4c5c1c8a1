// After an answer with errors, the summary takes the focus; its links lead to the fields.
"use strict";
{
  const toErrors = (root) => root.querySelector?.("[data-errors]")?.focus();
  toErrors(document);
  document.addEventListener("htmx:after:swap", (event) => toErrors(event.target.isConnected ? event.target : document));
}
