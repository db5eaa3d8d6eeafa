// Closes an open menu of the masthead by Escape, by a click beside it, or when the focus leaves it; and fetches the help
// with typing when the focus enters a search box.
(() => {
  const open = () => document.querySelectorAll(".masthead details[open]:not(.always)");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of [...open()].reverse()) {
      if (!menu.contains(document.activeElement)) continue;
      menu.open = false;
      menu.querySelector("summary").focus();
      return;
    }
  });
  const leave = (target) => { for (const menu of open()) if (!menu.contains(target)) menu.open = false; };
  document.addEventListener("click", (event) => leave(event.target));
  if (!CSS.supports("selector(::details-content)")) {  // an older browser shows what is folded only where it is open
    const unfold = (query, details) => {
      const wide = matchMedia(query);
      const set = () => { details.open = wide.matches; details.classList.toggle("always", wide.matches); };
      wide.addEventListener("change", set);
      set();
    };
    for (const menu of document.querySelectorAll(".menu")) unfold("(min-width: 62rem)", menu);
    for (const facets of document.querySelectorAll(".facets")) unfold("(min-width: 60rem)", facets);
  }
  document.addEventListener("focusin", (event) => {
    leave(event.target);
    const form = event.target.closest("[data-script]");
    if (form) import(form.dataset.script).catch(() => { /* no line: the form works without */ });
  });
})();
