// Offers what may be meant while somebody types into a search box: a combobox with a list (ARIA 1.2). Without an answer,
// late or wrong, it offers nothing, and the form works as it does without scripts.
for (const [number, form] of document.querySelectorAll("form[data-complete]").entries()) {
  const input = form.elements.q, list = document.createElement("ul"), told = document.createElement("span");
  let timer = 0, asking = null, at = -1;

  const set = (names) => { for (const [name, value] of Object.entries(names)) input.setAttribute(name, value); };
  list.id = `offered-${number}`;
  list.className = "offered";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.label);
  told.className = "unseen";
  told.setAttribute("role", "status");
  list.hidden = true;
  set({ role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id });
  input.after(list, told);

  const point = (to) => {
    list.children[at]?.setAttribute("aria-selected", "false");
    at = to;
    const option = list.children[at];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    set({ "aria-activedescendant": option?.id ?? "" });
  };
  const still = () => { clearTimeout(timer); asking?.abort(); };
  const close = () => {
    still();
    point(-1);
    list.hidden = true;
    told.textContent = "";
    set({ "aria-expanded": "false" });
  };
  const show = (found) => {
    point(-1);
    list.replaceChildren(...found.map((one, n) => {
      const option = document.createElement("li"), name = document.createElement("bdi"), kind = document.createElement("span");
      option.id = `${list.id}-${n}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.onclick = () => location.assign(one.address);
      name.lang = one.language;
      name.textContent = one.text;
      kind.className = "hint";
      kind.textContent = one.kind;
      option.append(name, " ", kind);
      return option;
    }));
    list.hidden = !found.length;
    list.style.insetBlockStart = `${input.offsetTop + input.offsetHeight + 4}px`;
    set({ "aria-expanded": `${!list.hidden}` });
    if (list.getBoundingClientRect().bottom > (visualViewport?.height ?? innerHeight)) input.scrollIntoView();  // a phone
    told.textContent = found.length ? form.dataset.keys.replace("#", found.length) : "";
  };
  const ask = async () => {
    still();
    const typed = input.value.trim();
    if (typed.length < 2 && !/[\u3400-\u9fff]/.test(typed)) return close();
    asking = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.complete}?q=${encodeURIComponent(typed.slice(0, 300))}`, { signal: asking.signal });
      if (answer.ok) show(await answer.json());
    } catch { /* outdated, or no line */ }
  };

  const soon = () => { still(); timer = setTimeout(ask, 180); };
  input.addEventListener("input", (event) => { if (!event.isComposing) soon(); });
  input.addEventListener("compositionend", soon);
  input.addEventListener("blur", close);
  form.addEventListener("submit", close);
  list.addEventListener("mousedown", (event) => event.preventDefault());
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const last = list.children.length - 1, step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && list.hidden) ask();
    else if (step) point(at + step > last ? -1 : at + step < -1 ? last : at + step);
    else if (event.key === "Enter" && at >= 0) list.children[at].click();
    else if (event.key === "Escape" && !list.hidden) { event.stopPropagation(); close(); }
    else if (event.key === "Escape") return still();
    else return;
    event.preventDefault();
  });
  if (input === document.activeElement && input.value !== input.defaultValue) soon();  // typed while this was fetched
}
