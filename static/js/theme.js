// Light, dark or as the system, at once and without a new page; the form it listens to also works alone.
"use strict";
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const theme = event.submitter?.value;
  if (!form.matches("form[data-theme-form]") || !theme) return;
  event.preventDefault();
  const page = document.documentElement;
  const before = page.dataset.theme;
  if (theme === "system") delete page.dataset.theme;
  else page.dataset.theme = theme;
  for (const button of form.querySelectorAll("button")) {
    button.ariaPressed = button.value === theme;
  }
  const body = new URLSearchParams({ theme });
  const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" }, redirect: "manual" }).catch(() => null);
  if (answer && (answer.ok || answer.type === "opaqueredirect")) return;
  if (before) page.dataset.theme = before;
  else delete page.dataset.theme;
});
