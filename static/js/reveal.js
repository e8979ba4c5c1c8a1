// The button beside a password field shows what was typed.
"use strict";
{
  for (const button of document.querySelectorAll("[data-reveal]")) button.hidden = false;
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-reveal]");
    if (!button) return;
    const field = document.getElementById(button.dataset.reveal);
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.ariaPressed = !shown;
  });
}
