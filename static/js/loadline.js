// The line at the top of the page while something is on its way; the style sheet waits 150 ms before showing it.
"use strict";
{
  const line = document.querySelector(".loadline");
  let running = 0;
  const show = (by) => {
    running = Math.max(0, running + by);
    line?.classList.toggle("htmx-request", running > 0);
  };
  document.addEventListener("htmx:before:request", () => show(1));
  document.addEventListener("htmx:finally:request", () => show(-1));
  addEventListener("beforeunload", () => show(1));
  addEventListener("pageshow", () => show(-running));
}
