// The switch between prices by month and by year; without it both are shown.
"use strict";
{
  const show = (by) => {
    for (const part of document.querySelectorAll("[data-by]")) part.hidden = part.dataset.by !== by;
  };
  const choice = document.querySelector("fieldset[data-prices]");
  if (choice) {
    choice.hidden = false;
    choice.addEventListener("change", (event) => show(event.target.value));
    show(choice.querySelector("input:checked").value);
  }
}
