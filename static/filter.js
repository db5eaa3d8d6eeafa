// Puts a box above every long list of choices that shows only those with the letters typed.
(() => {
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  for (const list of document.querySelectorAll("[data-filter]")) {
    const box = document.createElement("input");
    box.type = "search";
    box.className = "filter";
    box.placeholder = list.dataset.filter;
    box.setAttribute("aria-label", list.dataset.filter);
    box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    box.addEventListener("input", () => {
      const wanted = fold(box.value.trim());
      for (const choice of list.querySelectorAll(".choice")) {
        choice.hidden = !choice.querySelector("input").checked && !fold(choice.textContent).includes(wanted);
      }
    });
    list.before(box);
  }
})();
