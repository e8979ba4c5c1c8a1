// The field of a text: completion behind @, # and keys of tickets, a preview, and a draft that outlives a closed tab and
// is forgotten when it is sent or the person signs out. Other forms are not offered it while a tab has its lock.
"use strict";
{
  const person = document.querySelector("[data-person]")?.dataset.person ?? "";
  const parts = (html) => new DOMParser().parseFromString(html, "text/html").body.childNodes;
  class Editor extends HTMLElement {
    connectedCallback() {
      if (this.text) return;
      this.text = this.querySelector("textarea");
      this.list = this.querySelector("[role=listbox]");
      this.form = this.text.form;
      const place = `draft ${person} ${this.dataset.draft} `;
      this.key = place + (this.form.elements.id?.value ?? "");
      this.text.ariaAutoComplete = "list";
      this.text.setAttribute("aria-controls", this.list.id);
      this.text.addEventListener("input", () => { this.complete(); this.keep(); });
      this.text.addEventListener("keydown", (event) => this.choose(event));
      this.text.addEventListener("blur", () => setTimeout(() => this.close(), 150));
      this.list.addEventListener("mousedown", (event) => { event.preventDefault(); this.insert(event.target.closest("[role=option]")); });
      this.form.querySelector("[data-show]")?.addEventListener("click", (event) => { event.preventDefault(); this.show(event.currentTarget); });
      this.form.addEventListener("submit", () => localStorage.removeItem(this.key));
      const gone = new Promise((free) => { this.free = free; });
      for (const key of new Set([...Object.keys(localStorage).sort(), this.key])) {
        if (key.startsWith(place)) navigator.locks?.request(key, () => (this.offer(key), gone)) ?? this.offer(key);
      }
    }
    disconnectedCallback() { this.free(); }
    keep() {
      if (!person) return;
      if (this.text.value.trim()) localStorage.setItem(this.key, this.text.value);
      else localStorage.removeItem(this.key);
    }
    offer(key) {
      const draft = localStorage.getItem(key);
      if (!draft || draft === this.text.value) return;
      const note = this.querySelector("[data-offer]");
      note.hidden = false;
      note.querySelector("[data-take]").onclick = () => {
        const typed = key !== this.key && this.text.value;
        this.text.value = typed ? `${typed}\n\n${draft}` : draft;
        localStorage.removeItem(key);
        this.keep();
        this.form.querySelector("plinth-upload")?.resume(key.split(" ").pop());
        note.hidden = true;
        this.text.focus();
      };
      note.querySelector("[data-drop]").onclick = () => { localStorage.removeItem(key); note.hidden = true; };
    }
    async show(button) {
      const box = this.querySelector("[data-shown]");
      const on = button.ariaPressed !== "true";
      if (on) {
        const answer = await fetch(this.dataset.preview, { method: "POST", headers: { "HX-Request": "true" }, body: new URLSearchParams({ body: this.text.value }) });
        if (!answer.ok) return;
        box.replaceChildren(...parts(await answer.text()));
      }
      button.ariaPressed = on;
      box.hidden = !on;
      this.text.hidden = on;
      if (!on) this.text.focus();
    }
    async complete() {
      const before = this.text.value.slice(0, this.text.selectionStart);
      const typed = /(?:^|[\s(])(@[\p{L}\p{N}.'-]{0,30}|#[\p{L}\p{N}-]{0,30}|[A-Z][A-Z0-9]{1,5}-\d{0,9})$/u.exec(before)?.[1];
      this.typed = typed;
      if (!typed) return this.close();
      const answer = await fetch(`${this.dataset.complete}?q=${encodeURIComponent(typed)}`, { headers: { "HX-Request": "true" } });
      const html = answer.ok ? await answer.text() : "";
      if (this.typed !== typed) return;
      this.list.replaceChildren(...parts(html));
      this.list.querySelectorAll("[role=option]").forEach((option, i) => { option.id = `${this.list.id}-${i}`; });
      this.list.hidden = !this.list.firstElementChild;
      this.mark(this.list.firstElementChild);
    }
    mark(option) {
      this.list.querySelector("[aria-selected]")?.removeAttribute("aria-selected");
      option?.setAttribute("aria-selected", "true");
      if (option) this.text.setAttribute("aria-activedescendant", option.id);
      else this.text.removeAttribute("aria-activedescendant");
    }
    choose(event) {
      const now = this.list.hidden ? null : this.list.querySelector("[aria-selected]");
      if (!now) return;
      if (event.key === "ArrowDown") this.mark(now.nextElementSibling ?? this.list.firstElementChild);
      else if (event.key === "ArrowUp") this.mark(now.previousElementSibling ?? this.list.lastElementChild);
      else if ((event.key === "Enter" || event.key === "Tab") && !event.ctrlKey && !event.metaKey) this.insert(now);
      else if (event.key === "Escape") this.close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    }
    insert(option) {
      if (!option) return;
      const end = this.text.selectionStart;
      this.text.setRangeText(option.dataset.insert, end - this.typed.length, end, "end");
      this.close();
      this.keep();
    }
    close() { this.typed = ""; this.list.hidden = true; this.mark(null); }
  }
  customElements.define("plinth-editor", Editor);
  document.addEventListener("submit", (event) => {
    if (!event.target.action?.endsWith?.("/signout")) return;
    for (const key of Object.keys(localStorage)) if (key.startsWith("draft ")) localStorage.removeItem(key);
  });
  // A list of boxes is narrowed down by what is typed above it.
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-narrow]")) return;
    const word = event.target.value.trim().toLowerCase();
    for (const item of event.target.form.querySelectorAll("label.pop-item")) item.hidden = !item.textContent.toLowerCase().includes(word);
  });
}
