// Comments: a link that is copied, and another comment that is quoted below what is being written.
"use strict";
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-copy], a[data-quote]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const text = document.querySelector("#new-comment textarea");
  if ("copy" in link.dataset ? !navigator.clipboard : !text) return;
  event.preventDefault();
  link.closest("[popover]")?.hidePopover();
  if ("copy" in link.dataset) {
    await navigator.clipboard.writeText(link.href);
    document.dispatchEvent(new CustomEvent("plinth:toast", { detail: { well: link.dataset.copy } }));
    return;
  }
  const page = new DOMParser().parseFromString(await (await fetch(link.href)).text(), "text/html");
  const said = page.querySelector("#new-comment textarea")?.value;
  if (!said) return location.assign(link.href);
  text.focus();
  text.setRangeText((text.value.trim() ? "\n\n" : "") + said, text.value.length, text.value.length, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
});
