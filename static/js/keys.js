// Keys: each link or button says its own key in data-key ("c", "/", "g b"), so the page and the keys cannot disagree.
"use strict";
{
  let first = "";
  let timer = 0;
  const writing = (element) =>
    element.closest("input, textarea, select, [contenteditable], dialog[open]") !== null && !element.matches("[type=checkbox], [type=radio]");
  // The page comes after its frame: what it offers for a key goes before what is offered everywhere.
  const find = (key) => [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].at(-1);

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && document.getElementById("palette")) {
      event.preventDefault();
      const palette = document.getElementById("palette");
      if (palette.open) palette.close();
      else palette.showModal();
      return;
    }
    // Ctrl or ⌘ with Enter sends the form one is writing in.
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target.matches("textarea, input, select")) {
      event.preventDefault();
      event.target.form?.requestSubmit();
      return;
    }
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || writing(event.target)) return;
    const pair = first ? `${first} ${event.key}` : event.key;
    const target = find(pair);
    clearTimeout(timer);
    first = "";
    if (target) {
      event.preventDefault();
      if (target.matches("input, textarea")) target.focus();
      else target.click();
    } else if (event.key === "g") {
      first = "g";
      timer = setTimeout(() => { first = ""; }, 1200);
    }
  });
}
