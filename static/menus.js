// Closes an open menu of the masthead by Escape, by a click beside it, or when the focus leaves it.
(() => {
  const open = () => document.querySelectorAll(".masthead details[open]");
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
  document.addEventListener("focusin", (event) => leave(event.target));
})();
