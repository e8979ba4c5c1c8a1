// Picking rows of a list: all of a page at once, those from one to another with Shift, and the row under the pointer or
// with the focus by x. Escape picks none.
"use strict";
{
  let last = null;
  const boxes = () => [...document.querySelectorAll(".row > .pick")];
  document.addEventListener("click", ({ target, shiftKey }) => {
    if (target.matches("[data-pick-all]")) for (const box of boxes()) box.checked = target.checked;
    if (!target.matches(".row > .pick")) return;
    const all = boxes();
    const [from, to] = [all.indexOf(last), all.indexOf(target)].sort((a, b) => a - b);
    if (shiftKey && from >= 0) for (const box of all.slice(from, to)) box.checked = target.checked;
    if (shiftKey && from >= 0) all[to].checked = target.checked;
    last = target;
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=checkbox]), textarea, select, dialog *")) return;
    if (event.key === "x") document.querySelector(".row:focus-within > .pick, .row:hover > .pick")?.click();
    if (event.key === "Escape" && document.querySelector(".pick:checked")) document.querySelector("[data-pick-none]")?.click();
  });
}
