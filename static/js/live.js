// What others change shows by itself. One tab of a browser keeps the stream open and tells the other tabs. An element
// says in data-live what it shows ("project:WEB", "ticket:WEB-12", "org", "inbox"); when that has changed it gets the
// event plinth:changed, which its hx-trigger waits for, but not while somebody writes in it, drags or picks from it, or
// the page is out of sight.
"use strict";
{
  const shell = document.querySelector("[data-live-since]");
  const { liveSince, person, org } = shell?.dataset ?? {};
  const held = "dialog[open], :popover-open, .lifted, [data-dragged], .pick:checked";
  const field = "textarea, select, [contenteditable], input:not([type=hidden], [type=checkbox], [type=radio], [type=submit])";
  const waiting = new Map(); // element → when it may be told
  const last = new WeakMap();
  let timer = 0;

  const written = (e) => e.matches("select") ? [...e.options].some((o) => o.selected !== o.defaultSelected) && [...e.options].some((o) => o.defaultSelected) : e.value !== e.defaultValue;
  const busy = (element) => element.matches(".htmx-request") || element.querySelector(held) !== null ||
    [...element.querySelectorAll(field)].some((e) => e === document.activeElement || written(e));

  const look = () => {
    timer = 0;
    if (document.hidden) return;
    const now = performance.now();
    let next = Infinity;
    for (const [element, at] of waiting) {
      if (!element.isConnected) waiting.delete(element);
      else if (at > now) next = Math.min(next, at - now);
      else if (busy(element)) next = Math.min(next, 1000);
      else {
        waiting.delete(element);
        last.set(element, now);
        element.dispatchEvent(new CustomEvent("plinth:changed"));
      }
    }
    if (next < Infinity) timer = setTimeout(look, next);
  };

  const concerns = (change, what) => {
    if (change.kind === "again") return true;
    if (change.org !== org) return false;
    const [kind, name] = what.split(":");
    if (kind === "org") return true;
    if (kind === "inbox") return change.kind === "notification";
    if (kind === "project") return change.project === name;
    return `${change.project}-${change.ticket ?? name.split("-")[1]}` === name;
  };

  const hear = (change) => {
    const now = performance.now();
    const late = change.kind === "again" ? Math.random() * 2000 : 30;
    for (const element of document.querySelectorAll("[data-live]")) {
      if (waiting.has(element) || !element.dataset.live.split(" ").some((what) => concerns(change, what))) continue;
      waiting.set(element, Math.max(now + late, (last.get(element) ?? 0) + Number(element.dataset.livePause ?? 300)));
    }
    clearTimeout(timer);
    timer = setTimeout(look, 30);
  };
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });

  const moment = (id) => Number(id.split("-")[0]);
  const listen = () => {
    const channel = new BroadcastChannel(`plinth-live-${person}`);
    const recent = []; // what this tab has passed on, for tabs that open later
    let since = liveSince;
    let begun = 0;
    channel.onmessage = ({ data }) => {
      if (data.hello) {
        if (!begun) return;
        const missed = moment(data.hello) < begun ? [{ id: since, kind: "again" }] : recent.filter((c) => moment(c.id) > moment(data.hello));
        for (const change of missed) channel.postMessage({ ...change, to: data.to });
      } else if (!data.to || data.to === liveSince) {
        if (data.id) since = data.id;
        hear(data);
      }
    };
    channel.postMessage({ hello: since, to: liveSince });

    let pause = 2000;
    const lead = () => {
      begun ||= moment(since);
      const source = new EventSource(`/live?since=${encodeURIComponent(since)}`);
      source.onopen = () => { pause = 2000; };
      source.onmessage = ({ data, lastEventId }) => {
        const change = { ...JSON.parse(data), id: lastEventId };
        since = lastEventId;
        recent.push(change);
        if (recent.length > 200) begun = moment(recent.shift().id);
        hear(change);
        channel.postMessage(change);
      };
      source.addEventListener("end", () => source.close());
      source.onerror = () => {
        if (source.readyState !== EventSource.CLOSED) return; // it comes back by itself
        setTimeout(lead, pause * (1 + Math.random()));
        pause = Math.min(pause * 2, 60000);
      };
    };
    // Whoever holds the lock leads, until the tab is closed.
    if (navigator.locks) navigator.locks.request(`plinth-live-${person}`, () => { lead(); return new Promise(() => {}); });
    else lead();
  };
  if (liveSince && window.EventSource && window.BroadcastChannel) listen();
}
