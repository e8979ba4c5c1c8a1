// The board: a ticket is moved with the pointer or with the keyboard (Space, arrow keys, Space, Escape), to another lane
// or place. Either way sends the ticket's own status form, which works without this script, with the tickets that are to
// stand below and above it. Statuses are put in order alike.
"use strict";
{
  class PlinthBoard extends HTMLElement {
    #held = null;
    #from = null;
    #before = null;
    #said = null;
    #sent = new Map();

    connectedCallback() {
      if (this.#said) return;
      this.#said = this.querySelector("[data-said]");
      for (const name of ["htmx:response:error", "htmx:error"]) this.addEventListener(name, (event) => this.#refuse(event.target));
      this.addEventListener("htmx:finally:request", (event) => this.#settle(event.target));
      for (const name of ["dragstart", "dragover", "dragleave", "drop", "dragend", "keydown", "focusout"]) this.addEventListener(name, this);
    }

    handleEvent(event) { this[`on_${event.type}`](event); }

    #lane(target) { return target.closest?.("[data-status]"); }
    #lanes() { return [...this.querySelectorAll("[data-status]")]; }
    #say(key, ...parts) {
      this.#said.textContent = parts.reduce((text, part) => text.replace("%s", part), this.dataset[key] ?? "");
    }
    #mark(lane) { for (const each of this.#lanes()) each.classList.toggle("over", each === lane); }

    #lift(ticket) {
      this.#held = ticket;
      this.#from = this.#lane(ticket);
      this.#before = ticket.nextElementSibling;
      ticket.classList.add("lifted");
    }
    #back() {
      this.#from.querySelector("ol").insertBefore(this.#held, this.#before);
      this.#let();
    }
    #let() {
      this.#held?.classList.remove("lifted");
      this.#mark(null);
      this.#held = this.#from = this.#before = null;
    }
    #tickets(lane) { return [...lane.querySelectorAll(".drag:not(.lifted)")]; }
    // Before the ticket at i; behind the last one what is no ticket stays the end.
    #place(lane, i) {
      const list = lane.querySelector("ol");
      const next = this.#tickets(lane)[i] ?? list.querySelector("li:not(.drag)");
      if (this.#held.nextElementSibling !== next || this.#lane(this.#held) !== lane) list.insertBefore(this.#held, next);
    }
    // The server said no, or could not be reached: the ticket goes back to where it was.
    #refuse(form) {
      const sent = this.#sent.get(form);
      if (!sent?.ticket.isConnected) return;
      const focused = sent.ticket.contains(document.activeElement);
      sent.from.querySelector("ol").insertBefore(sent.ticket, sent.before?.isConnected ? sent.before : null);
      form.elements.namedItem("status").value = sent.from.dataset.status;
      if (focused) sent.ticket.querySelector("a").focus();
      this.#settle(form);
      this.#say("back");
    }
    #settle(form) {
      const ticket = this.#sent.get(form)?.ticket;
      ticket?.removeAttribute("aria-busy");
      ticket?.removeAttribute("data-dragged");
      this.#sent.delete(form);
    }
    #set(lane) {
      const ticket = this.#held;
      const [from, before] = [this.#from, this.#before];
      this.#let();
      if (lane === from && ticket.nextElementSibling === before) return this.#say("back");
      const form = ticket.querySelector("form[data-status-form]");
      const put = (name, value) => {
        const field = form.elements.namedItem(name) ?? form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
        field.value = value;
      };
      const key = (other) => other?.matches(".drag") ? other.id.replace(/^.*?-/, "") : "";
      put("status", lane.dataset.status);
      put("from", from.dataset.status);
      put("before", key(ticket.nextElementSibling));
      put("after", key(ticket.previousElementSibling));
      ticket.ariaBusy = "true";
      ticket.dataset.dragged = ""; // until it is answered nothing else changes the board
      this.#say("moved", lane.dataset.name);
      this.#sent.set(form, { ticket, from, before });
      form.requestSubmit();
    }

    // A ticket whose move is on its way cannot be moved on before the answer.
    #movable(ticket) { return ticket?.querySelector("form[data-status-form]") && ticket.ariaBusy !== "true"; }

    on_dragstart(event) {
      const ticket = event.target.closest?.(".drag");
      if (!this.#movable(ticket)) return ticket && event.preventDefault();
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", ticket.querySelector("a").href);
      // A turn later, so that the picture under the pointer is the ticket at rest.
      setTimeout(() => this.#lift(ticket));
    }
    on_dragover(event) {
      const lane = this.#held && this.#lane(event.target);
      if (!lane) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "move";
      this.#mark(lane);
      const i = this.#tickets(lane).findIndex((ticket) => {
        const box = ticket.getBoundingClientRect();
        return event.clientY < box.top + box.height / 2;
      });
      this.#place(lane, i < 0 ? Infinity : i);
    }
    on_dragleave(event) { if (!this.contains(event.relatedTarget)) this.#mark(null); }
    on_drop(event) {
      const lane = this.#held && this.#lane(event.target);
      if (!lane) return;
      event.preventDefault();
      this.#set(this.#lane(this.#held));
    }
    on_dragend() { if (this.#held) this.#back(); }

    on_keydown(event) {
      const ticket = event.target.closest?.(".drag");
      if (!ticket || !event.target.matches(".drag > a")) return;
      if (event.key === " ") {
        event.preventDefault();
        return this.#held ? this.#set(this.#lane(ticket)) : this.#liftByKey(ticket);
      }
      if (!this.#held) return this.#walk(event, ticket);
      if (event.key === "Escape" || event.key === "Tab") {
        if (event.key === "Escape") event.preventDefault();
        this.#back();
        ticket.querySelector("a").focus();
        return this.#say("back");
      }
      const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key] ?? [];
      if (x === undefined) return;
      event.preventDefault();
      const lanes = this.#lanes();
      const lane = lanes[lanes.indexOf(this.#lane(ticket)) + x];
      if (!lane) return;
      const count = this.#tickets(lane).length;
      const at = Math.max(0, Math.min(count, [...ticket.parentElement.querySelectorAll(".drag")].indexOf(ticket) + y));
      this.#place(lane, at);
      this.#mark(lane);
      ticket.scrollIntoView({ block: "nearest", inline: "nearest" });
      ticket.querySelector("a").focus();
      this.#say("over", lane.dataset.name, at + 1, count + 1);
    }
    // Moving a node takes its focus for a moment; only a real leave puts the ticket back.
    on_focusout(event) {
      const next = event.relatedTarget;
      if (this.#held && next && !this.#held.contains(next) && !this.#held.matches(":active")) this.#back();
    }
    #liftByKey(ticket) {
      if (!this.#movable(ticket)) return;
      this.#lift(ticket);
      this.#mark(this.#from);
      this.#say("lifted", this.#from.dataset.name);
    }
    #walk(event, ticket) {
      const lanes = this.#lanes();
      const lane = this.#lane(ticket);
      const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const next = { ArrowDown: ticket.nextElementSibling, ArrowUp: ticket.previousElementSibling }[event.key]
        ?? (sideways && lanes[lanes.indexOf(lane) + sideways]?.querySelector(".drag"));
      const link = next?.querySelector?.("a");
      if (!link) return;
      event.preventDefault();
      link.focus();
    }
  }
  customElements.define("plinth-board", PlinthBoard);
}
