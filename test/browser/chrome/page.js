// Finds things on a page by the words a person reads. Evaluated by the tests; never served.
(() => {
	const clean = (s) => (s || "").replace(/\s+/g, " ").trim();
	const shown = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && e.getClientRects().length > 0;
	const named = (e) => [clean(e.innerText), clean(e.getAttribute("aria-label")), clean(e.value), clean(e.title)];
	const pick = (all, name) => {
		const visible = [...all].filter(shown);
		return visible.find((e) => named(e).includes(name)) || visible.find((e) => clean(e.innerText).includes(name));
	};
	const field = (name) => {
		const labels = [...document.querySelectorAll("label")].filter((l) => shown(l));
		const label = labels.find((l) => clean(l.innerText) === name) || labels.find((l) => clean(l.innerText).startsWith(name));
		if (label && label.control) return label.control;
		return [...document.querySelectorAll("input, select, textarea")].find(
			(e) => shown(e) && [clean(e.getAttribute("aria-label")), clean(e.placeholder), e.name].includes(name),
		);
	};
	const at = (e) => {
		e.scrollIntoView({ block: "center", behavior: "instant" });
		const r = e.getBoundingClientRect();
		const x = r.x + r.width / 2;
		const y = r.y + r.height / 2;
		const top = document.elementFromPoint(x, y);
		if (top && top !== e && !e.contains(top) && !top.contains(e)) {
			return { x: 0, y: 0, why: "covered by " + top.outerHTML.slice(0, 120) };
		}
		if (e.disabled) return { x: 0, y: 0, why: "disabled" };
		return { x, y, why: "" };
	};
	const missing = { x: 0, y: 0, why: "not on the page" };
	return {
		click(name) {
			const e = pick(document.querySelectorAll("a, button, summary, [role=button], [role=menuitem], [role=tab], input[type=submit]"), name);
			return e ? at(e) : missing;
		},
		press(css) {
			const e = [...document.querySelectorAll(css)].find(shown);
			return e ? at(e) : missing;
		},
		tick(name) {
			const e = field(name);
			if (!e) return missing;
			return at(shown(e) ? e : e.labels[0]);
		},
		focus(name) {
			const e = field(name);
			if (!e) return "not on the page";
			if (e.disabled || e.readOnly) return "not to be filled";
			e.focus();
			if (e.select) e.select();
			return "";
		},
		choose(name, option) {
			const e = field(name);
			if (!e || !e.options) return "not on the page";
			const o = [...e.options].find((o) => clean(o.text) === option || o.value === option);
			if (!o) return "has no option " + option;
			e.value = o.value;
			e.dispatchEvent(new Event("input", { bubbles: true }));
			e.dispatchEvent(new Event("change", { bubbles: true }));
			return "";
		},
		value(name) {
			const e = field(name);
			return e ? e.value : "\u0000";
		},
		says() {
			return document.readyState === "loading" ? "" : clean(document.body.innerText);
		},
	};
})()
