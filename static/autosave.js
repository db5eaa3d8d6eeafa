// Saves a form while it is written; on this device while there is no line.
for (const form of document.querySelectorAll("form[data-autosave]")) {
  const data = form.dataset, shelf = "typed " + location.pathname;
  const told = form.querySelector("[data-told]"), kept = form.querySelector("[data-kept]");
  let timer = 0, changed = false;

  const save = async (leaving) => {
    clearTimeout(timer);
    timer = 0;
    if (!changed) return;
    changed = false;
    const body = new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim));
    body.set("draft_form", data.form);
    body.set("draft_key", data.key);
    try {
      const answer = await fetch(data.autosave, { method: "POST", body, keepalive: leaving === true && `${body}`.length < 6e4, redirect: "error", headers: { Accept: "application/json" } });
      if (!answer.ok) throw answer;
      told.textContent = (await answer.json()).told;
      localStorage.removeItem(shelf);
    } catch {
      changed = true;
      body.delete("csrf_token");
      localStorage.setItem(shelf, body);
      told.textContent = data.offline;
      timer ||= setTimeout(save, 3e4);
    }
  };

  form.addEventListener("input", () => { changed = true; timer ||= setTimeout(save, 4e3); });
  form.addEventListener("submit", () => { clearTimeout(timer); changed = false; });
  document.addEventListener("visibilitychange", () => document.hidden && save(true));
  addEventListener("pagehide", () => save(true));

  const left = localStorage.getItem(shelf);
  if (left) {
    kept.hidden = false;
    kept.lastElementChild.onclick = () => {
      const fields = new URLSearchParams(left);
      for (const field of form.elements) {
        if (/hidden|submit|file/.test(field.type) || !field.name) continue;
        const values = fields.getAll(field.name);
        if (/check|radio/.test(field.type)) field.checked = values.includes(field.value);
        else field.value = values[0] ?? field.value;
      }
      kept.hidden = changed = true;
      save();
    };
  }
}
