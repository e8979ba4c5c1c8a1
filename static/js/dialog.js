// Dialogs: for browsers without `command`, and for links that name a dialog beside the page they lead to.
"use strict";
{
  const run = (command, dialog) => {
    if (command === "show-modal" && !dialog.open) dialog.showModal();
    if (command === "close" || command === "request-close") dialog.close();
  };
  const known = "commandForElement" in HTMLButtonElement.prototype;
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    const link = event.target.closest("a[data-dialog]");
    const dialog = link && document.getElementById(link.dataset.dialog);
    if (dialog && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      return run("show-modal", dialog);
    }
    const button = !known && event.target.closest("button[commandfor]");
    const target = button && document.getElementById(button.getAttribute("commandfor"));
    if (target instanceof HTMLDialogElement) run(button.getAttribute("command"), target);
  });
  // A press on the shade closes; a press that began inside (selecting text) does not.
  document.addEventListener("pointerdown", (event) => {
    const dialog = event.target;
    if (!(dialog instanceof HTMLDialogElement) || !dialog.matches(":modal")) return;
    const box = dialog.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) dialog.close();
  });
  // A dialog that came back with errors stands open again.
  const reopen = (root) => {
    for (const dialog of root.querySelectorAll("dialog[data-open]:not([open])")) dialog.showModal();
  };
  reopen(document);
  document.addEventListener("htmx:after:swap", () => reopen(document));
}
