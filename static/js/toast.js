// Messages in the corner: a way to close them, and an end of their own unless they report a failure.
"use strict";
{
  class ToastItem extends HTMLElement {
    #timer;
    connectedCallback() {
      if (this.dataset.ready) return;
      this.dataset.ready = "1";
      const close = document.createElement("button");
      close.type = "button";
      close.textContent = this.dataset.close;
      close.addEventListener("click", () => this.remove());
      this.append(close);
      const stay = Number(this.dataset.stay);
      if (!stay) return;
      const start = () => { this.#timer = setTimeout(() => this.remove(), stay); };
      const stop = () => clearTimeout(this.#timer);
      for (const name of ["pointerenter", "focusin"]) this.addEventListener(name, stop);
      for (const name of ["pointerleave", "focusout"]) this.addEventListener(name, start);
      start();
    }
    disconnectedCallback() { clearTimeout(this.#timer); }
  }
  customElements.define("toast-item", ToastItem);

  const say = (text, well) => {
    const home = document.getElementById("toasts");
    const item = home?.querySelector("template")?.content.firstElementChild.cloneNode(true);
    if (!item) return;
    item.querySelector("[data-toast-text]").textContent = text;
    if (well) {
      item.dataset.stay = 6000;
      item.querySelector("use").href.baseVal = item.querySelector("use").href.baseVal.replace(/#.*/, "#check");
    }
    home.append(item);
  };
  // Other scripts report through this event; a lost connection reports here too.
  document.addEventListener("plinth:toast", (event) => say(event.detail.well ?? event.detail, event.detail.well));
  document.addEventListener("htmx:error", () => say(document.getElementById("toasts")?.dataset.offline ?? ""));
}
