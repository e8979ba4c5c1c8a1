// The palette: filters its links while one types, walks them with the arrow keys, opens the chosen one.
"use strict";
{
  const palette = document.getElementById("palette");
  const field = palette?.querySelector("input");
  const found = palette?.querySelector("#found");
  const options = () => [...palette.querySelectorAll("[role=option]")];
  const visible = () => options().filter((option) => !option.closest("li").hidden);
  const choose = (option) => {
    for (const other of options()) other.ariaSelected = other === option;
    if (option) field.setAttribute("aria-activedescendant", option.id);
    else field.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  };
  const words = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);
  const filter = () => {
    const asked = words(field.value);
    if (asked.length === 0) found.replaceChildren();
    for (const item of palette.querySelectorAll("#hits > li:not(.group)")) {
      if (item.contains(found)) {
        item.hidden = !found.firstElementChild;
        continue;
      }
      const search = item.querySelector("[data-search]");
      if (search) {
        item.hidden = asked.length === 0;
        search.href = search.dataset.search + encodeURIComponent(field.value.trim());
        search.querySelector("[data-asked]").textContent = field.value.trim();
      } else {
        const text = item.textContent.toLowerCase();
        item.hidden = !asked.every((word) => text.includes(word));
      }
    }
    for (const group of palette.querySelectorAll(".group")) {
      let next = group.nextElementSibling;
      while (next && !next.matches(".group") && next.hidden) next = next.nextElementSibling;
      group.hidden = !next || next.matches(".group");
    }
    choose(visible()[0]);
  };
  const walk = (step) => {
    const list = visible();
    const at = list.findIndex((option) => option.ariaSelected === "true");
    if (list.length) choose(list[(at + step + list.length) % list.length]);
  };

  // The field keeps the focus; without this script the links are reached one by one.
  if (palette) for (const option of options()) option.tabIndex = -1;
  field?.addEventListener("input", filter);
  // What was found comes later than what is filtered here: whoever has chosen a line meanwhile keeps it.
  palette?.addEventListener("htmx:after:swap", filter);
  field?.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      walk(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      const option = visible().find((each) => each.ariaSelected === "true");
      if (!option) return;
      if (event.ctrlKey || event.metaKey) return open(option.href);
      palette.close();
      option.click();
    }
  });
  palette?.addEventListener("toggle", () => {
    // It is emptied when it closes: what is typed while it opens is kept.
    if (!palette.open) field.value = "";
    filter();
  });
}
