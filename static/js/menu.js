// Menus: arrow keys walk the items, and the button tells whether its menu is open. A row of sections that is wider than
// the screen begins with the current one in sight.
"use strict";
{
  document.querySelector(".staff-top nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  document.addEventListener("beforetoggle", (event) => {
    const menu = event.target;
    if (!menu.matches?.("[popover]")) return;
    const button = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
    if (button) button.ariaExpanded = event.newState === "open";
  }, true);
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.(".pop:popover-open");
    const opener = event.target.closest?.("[popovertarget]");
    const home = menu ?? (opener && document.getElementById(opener.getAttribute("popovertarget")));
    if (!home?.matches(".pop:popover-open")) return;
    const items = [...home.querySelectorAll(".pop-item:not([disabled])")];
    const at = items.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at < 0 ? items.length - 1 : at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (next === undefined || items.length === 0) return;
    event.preventDefault();
    items[(next + items.length) % items.length].focus();
  });
  // Choosing something in a menu closes it, also when the page stays.
  document.addEventListener("submit", (event) => event.target.closest(".pop:popover-open")?.hidePopover());
}
