// Files: each is sent as it is chosen, dropped or pasted, and says how far it is.
"use strict";
{
  class Upload extends HTMLElement {
    under = 0; // on their way
    place = 0;
    connectedCallback() {
      this.onchange = (event) => {
        for (const file of event.target.files) this.send(file);
        event.target.value = "";
      };
    }
    // resume takes over the files of a form that was left.
    resume(from) {
      const d = this.dataset;
      if (from && d.draft) htmx.ajax("POST", d.url, { values: { from, draft: d.draft }, target: `#${d.list}` });
    }
    // into is a text that the file is put into as well.
    send(file, into) {
      const d = this.dataset, place = this.place++;
      const chip = this.querySelector("template").content.firstElementChild.cloneNode(true);
      const bar = chip.querySelector("progress"), say = chip.querySelector("[data-say]");
      chip.querySelector("[data-name]").textContent = bar.ariaLabel = file.name;
      document.getElementById(d.list).append(chip);
      const mark = into && `![${file.name}…]()`;
      if (into) into.setRangeText(mark, into.selectionStart, into.selectionEnd, "end");
      const end = (text) => {
        this.under--;
        if (into) {
          into.value = into.value.replace(mark, () => text);
          into.dispatchEvent(new Event("input", { bubbles: true }));
        }
        if (this.under || !this.waiting) return;
        this.waiting.form.requestSubmit(this.waiting);
        this.waiting = null;
      };
      const fail = (text) => {
        chip.firstElementChild.className = "facet bad";
        bar.remove();
        say.textContent = text;
        say.role = "alert";
        this.waiting = null;
        end("");
      };
      this.under++;
      if (file.size > d.most) return fail(d.tooLarge);
      const form = new FormData(), xhr = new XMLHttpRequest();
      form.append("id", d.form);
      form.append("draft", d.draft);
      form.append("place", place);
      form.append("file", file);
      xhr.upload.onprogress = (event) => {
        bar.value = event.loaded * 100 / event.total;
        say.textContent = Math.floor(bar.value) + " %";
      };
      xhr.onload = () => {
        const gone = xhr.getResponseHeader("HX-Redirect");
        if (gone) return location.assign(gone);
        const line = xhr.response?.querySelector("li");
        if (!line) return fail(d.failed);
        chip.replaceWith(line);
        window.htmx?.process(line);
        end(line.dataset.markdown ?? "");
      };
      xhr.onerror = () => fail(d.failed);
      xhr.open("POST", d.url);
      xhr.responseType = "document";
      xhr.setRequestHeader("HX-Request", "true");
      xhr.send(form);
    }
  }
  customElements.define("plinth-upload", Upload);

  const near = (target) => target.closest("form")?.querySelector("plinth-upload") ?? document.querySelector("plinth-upload[data-drop]");
  const take = (event, files) => {
    const to = files.length && near(event.target);
    if (!to) return;
    event.preventDefault();
    const text = event.target.closest("textarea");
    for (const file of files) to.send(file, file.type.startsWith("image/") && text);
  };
  document.addEventListener("paste", (event) => event.target.closest?.("textarea") && take(event, event.clipboardData.files));
  document.addEventListener("drop", (event) => {
    over(null);
    take(event, event.dataTransfer.files);
  });
  let lit;
  const over = (to) => {
    if (lit === to) return;
    lit?.classList.remove("over");
    lit = to;
    lit?.classList.add("over");
  };
  document.addEventListener("dragover", (event) => {
    const to = event.dataTransfer.types.includes("Files") && near(event.target);
    if (!to) return;
    event.preventDefault();
    over(to.closest("form") ?? to);
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || over(null));
  // A comment waits for its files.
  document.addEventListener("submit", (event) => {
    const to = event.target.querySelector("plinth-upload");
    if (!to?.under) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    to.waiting = event.submitter ?? event.target.querySelector("button:not([type=button])");
  }, true);
}
